// The clang plugin: writes facts in the same compile that makes the object,
// which stays as it is.
//
//   clang -fplugin=chestnut-frontend-plugin.so
//         -fplugin-arg-chestnut-out=FILE | -fplugin-arg-chestnut-embed ...
//
// With `embed` the facts travel in the object itself (frontend/embed.h).
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clang/AST/ASTConsumer.h"
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/FrontendPluginRegistry.h"
#include "frontend/embed.h"
#include "frontend/unit.h"
#include "support/file.h"

namespace chestnut::frontend {
namespace {

class FactsConsumer : public clang::ASTConsumer {
 public:
  FactsConsumer(clang::CompilerInstance& compiler, std::string out, bool embed)
      : compiler_(compiler), out_(std::move(out)), embed_(embed) {}

  void HandleTranslationUnit(clang::ASTContext& ast) override {
    // The compiler reports its errors and makes no object.
    if (compiler_.getDiagnostics().hasErrorOccurred()) return;
    if (out_.empty() && !MakesObject(compiler_)) return;
    absl::StatusOr<std::string> facts = CollectFacts(ast, OptionsOf(compiler_));
    absl::Status status = facts.status();
    if (status.ok() && !out_.empty()) {
      status = support::WriteFileAtomically(out_, *facts);
    }
    if (status.ok() && embed_ && MakesObject(compiler_)) {
      EmbedFacts(compiler_, *facts);
    }
    if (status.ok()) return;
    clang::DiagnosticsEngine& diagnostics = compiler_.getDiagnostics();
    unsigned id = diagnostics.getCustomDiagID(clang::DiagnosticsEngine::Error,
                                              "chestnut: no facts written: %0");
    diagnostics.Report(id) << std::string(status.message());
  }

 private:
  clang::CompilerInstance& compiler_;
  std::string out_;
  bool embed_;
};

class FactsAction : public clang::PluginASTAction {
 public:
  // The main action may free the AST while it generates code.
  ActionType getActionType() override { return AddBeforeMainAction; }

 protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(
      clang::CompilerInstance& compiler, llvm::StringRef) override {
    return std::make_unique<FactsConsumer>(compiler, out_, embed_);
  }

  bool ParseArgs(const clang::CompilerInstance& compiler,
                 const std::vector<std::string>& arguments) override {
    for (llvm::StringRef argument : arguments) {
      if (argument.consume_front("out=") && !argument.empty()) {
        out_ = argument.str();
        continue;
      }
      if (argument == "embed") {
        embed_ = true;
        continue;
      }
      clang::DiagnosticsEngine& diagnostics = compiler.getDiagnostics();
      unsigned id = diagnostics.getCustomDiagID(
          clang::DiagnosticsEngine::Error,
          "chestnut: unknown plugin argument '%0', expected out=FILE or embed");
      diagnostics.Report(id) << argument;
      return false;
    }
    // Without a file to write, the plugin must not pretend to work.
    if (!out_.empty() || embed_) return true;
    clang::DiagnosticsEngine& diagnostics = compiler.getDiagnostics();
    diagnostics.Report(diagnostics.getCustomDiagID(
        clang::DiagnosticsEngine::Error,
        "chestnut: plugin argument out=FILE or embed is missing"));
    return false;
  }

 private:
  std::string out_;
  bool embed_ = false;
};

const clang::FrontendPluginRegistry::Add<FactsAction> kRegistered(
    "chestnut", "writes the facts of the unit for Chestnut");

}  // namespace
}  // namespace chestnut::frontend
