#include "frontend/compile.h"

#include <dlfcn.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "clang/AST/ASTConsumer.h"
#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/FileManager.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Basic/Version.h"
#include "clang/Driver/Options.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendAction.h"
#include "clang/Tooling/Tooling.h"
#include "frontend/unit.h"
#include "llvm/Support/VirtualFileSystem.h"

namespace chestnut::frontend {
namespace {

namespace fs = std::filesystem;

// What the action leaves behind.
struct Outcome {
  std::string working_folder;
  absl::StatusOr<std::string> facts = absl::UnknownError("not parsed");
  std::set<std::string> files;
};

class Consumer : public clang::ASTConsumer {
 public:
  Consumer(clang::CompilerInstance& compiler, Outcome& outcome)
      : compiler_(compiler), outcome_(outcome) {}

  void HandleTranslationUnit(clang::ASTContext& ast) override {
    if (compiler_.getDiagnostics().hasErrorOccurred()) return;
    Options options = OptionsOf(compiler_);
    options.working_folder = outcome_.working_folder;
    outcome_.facts = CollectFacts(ast, options);
  }

 private:
  clang::CompilerInstance& compiler_;
  Outcome& outcome_;
};

class Action : public clang::ASTFrontendAction {
 public:
  explicit Action(Outcome& outcome) : outcome_(outcome) {}

 protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(
      clang::CompilerInstance& compiler, llvm::StringRef) override {
    return std::make_unique<Consumer>(compiler, outcome_);
  }

  void EndSourceFileAction() override {
    const clang::SourceManager& sources =
        getCompilerInstance().getSourceManager();
    for (auto it = sources.fileinfo_begin(); it != sources.fileinfo_end();
         ++it) {
      fs::path path(it->first.getName().str());
      if (path.is_relative()) path = outcome_.working_folder / path;
      outcome_.files.insert(path.lexically_normal().generic_string());
    }
  }

 private:
  Outcome& outcome_;
};

// Keeps errors as single lines.
class ErrorKeeper : public clang::DiagnosticConsumer {
 public:
  void HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                        const clang::Diagnostic& diagnostic) override {
    DiagnosticConsumer::HandleDiagnostic(level, diagnostic);
    if (level < clang::DiagnosticsEngine::Error) return;
    llvm::SmallString<128> text;
    diagnostic.FormatDiagnostic(text);
    std::string line;
    if (diagnostic.hasSourceManager() && diagnostic.getLocation().isValid()) {
      clang::PresumedLoc place = diagnostic.getSourceManager().getPresumedLoc(
          diagnostic.getLocation());
      if (place.isValid()) {
        line = absl::StrCat(place.getFilename(), ":", place.getLine(), ": ");
      }
    }
    errors.push_back(line + text.str().str());
  }

  std::vector<std::string> errors;
};

}  // namespace

absl::StatusOr<std::string> ResourceFolder() {
  Dl_info info;
  auto* known = reinterpret_cast<void*>(&clang::getClangFullRepositoryVersion);
  if (dladdr(known, &info) == 0 || info.dli_fname == nullptr) {
    return absl::NotFoundError("cannot tell where clang's libraries are");
  }
  const std::string major = std::to_string(CLANG_VERSION_MAJOR);
  std::error_code ignored;
  fs::path library = fs::canonical(info.dli_fname, ignored);
  // Beside the library, or where a distribution keeps this version.
  for (const fs::path& folder :
       {library.parent_path() / "clang" / major,
        library.parent_path() / ".." / "lib" / "clang" / major,
        library.parent_path() / ".." / ("llvm-" + major) / "lib" / "clang" /
            major}) {
    if (fs::exists(folder / "include" / "stddef.h", ignored)) {
      return fs::canonical(folder).generic_string();
    }
  }
  return absl::NotFoundError(absl::StrCat(
      "clang ", major, "'s own headers are not beside ",
      library.generic_string(), "; install the package that has them"));
}

absl::StatusOr<CompiledUnit> CompileToFacts(const SyntaxCommand& command,
                                            const std::string& folder) {
  absl::StatusOr<std::string> resources = ResourceFolder();
  if (!resources.ok()) return resources.status();
  std::vector<std::string> arguments = command.arguments;
  arguments.push_back("-resource-dir=" + *resources);
  // Or it prints "1 error generated.", whoever has the diagnostics.
  arguments.push_back("-fno-caret-diagnostics");

  // A view of the file system with a working folder of its own.
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files =
      llvm::vfs::createPhysicalFileSystem();
  if (files->setCurrentWorkingDirectory(folder)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "folder ", folder, " of the compile command is not there"));
  }
  llvm::IntrusiveRefCntPtr<clang::FileManager> manager(
      new clang::FileManager(clang::FileSystemOptions(), files));
  Outcome outcome;
  outcome.working_folder = folder;
  ErrorKeeper errors;
  clang::tooling::ToolInvocation invocation(
      arguments, std::make_unique<Action>(outcome), manager.get());
  invocation.setDiagnosticConsumer(&errors);
  bool done = invocation.run();

  CompiledUnit unit;
  unit.files.assign(outcome.files.begin(), outcome.files.end());
  unit.errors = std::move(errors.errors);
  if (done && unit.errors.empty()) {
    if (!outcome.facts.ok()) return outcome.facts.status();
    unit.facts = *std::move(outcome.facts);
    return unit;
  }
  if (unit.errors.empty()) unit.errors.push_back("the compiler gave up");
  unit.facts = FailedFacts(command.source, unit.errors);
  return unit;
}

}  // namespace chestnut::frontend
