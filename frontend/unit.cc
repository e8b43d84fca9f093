#include "frontend/unit.h"

#include <map>
#include <memory>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "clang/AST/Attr.h"
#include "clang/Basic/TargetInfo.h"
#include "clang/Lex/HeaderSearch.h"
#include "clang/Lex/Preprocessor.h"
#include "facts/builder.h"
#include "facts/container.h"
#include "frontend/body.h"
#include "frontend/digest.h"
#include "frontend/emitted.h"
#include "frontend/function.h"
#include "frontend/objects.h"
#include "llvm/Support/FileSystem.h"

namespace chestnut::frontend {
namespace {

constexpr char kProducer[] = "chestnut-frontend 0.1.0, clang 19";

uint32_t SymbolOf(UnitTables& unit, const clang::ValueDecl* declaration) {
  if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(declaration)) {
    return unit.symbols.Function(function);
  }
  return unit.symbols.Variable(llvm::cast<clang::VarDecl>(declaration));
}

class UnitCollector {
 public:
  UnitCollector(clang::ASTContext& ast, facts::FactsBuilder& builder,
                const Options& options)
      : unit_(ast, builder, options.working_folder, options.header_folders,
              options.common),
        initializers_(unit_) {}

  void Collect() {
    Header();
    ForEachEmitted(unit_.ast, [&](const clang::ValueDecl* declaration) {
      SymbolOf(unit_, declaration);
    });
    Drain();
  }

 private:
  void Header() {
    facts::UnitT& out = unit_.builder.unit();
    const clang::SourceManager& sources = unit_.ast.getSourceManager();
    auto main = sources.getFileEntryRefForID(sources.getMainFileID());
    std::string name =
        main ? unit_.places.Portable(main->getName()) : std::string("<stdin>");
    out.kind = facts::UnitKind::source;
    out.name = unit_.builder.String(name);
    out.target =
        unit_.builder.String(unit_.ast.getTargetInfo().getTriple().str());
    out.producer = unit_.builder.String(kProducer);
    out.language =
        unit_.builder.String(unit_.ast.getLangOpts().CPlusPlus ? "c++" : "c");
    out.content_digest =
        unit_.builder.String(SourceDigest(sources, name, unit_.places));
  }

  void Visit(const Pending& next) {
    if (const auto* function =
            std::get_if<const clang::FunctionDecl*>(&next.what)) {
      CollectFunction(unit_, *function, next.symbol);
    } else if (const auto* variable =
                   std::get_if<const clang::VarDecl*>(&next.what)) {
      CollectObject(unit_, *variable, next.symbol, initializers_);
    }
  }

  // Until nothing more is referred to. Aliases name their target by symbol,
  // and targets may be definitions nobody else refers to.
  void Drain() {
    Pending next;
    do {
      while (unit_.symbols.NextPending(next)) Visit(next);
    } while (ResolveAliases());
  }

  bool ResolveAliases() {
    std::vector<Symbols::Alias> aliases = unit_.symbols.TakeAliases();
    if (aliases.empty()) return false;
    if (definitions_.empty()) {
      ForEachDefinition(unit_.ast, [&](const clang::ValueDecl* declaration) {
        const auto* function = llvm::dyn_cast<clang::FunctionDecl>(declaration);
        definitions_.emplace(
            function != nullptr
                ? unit_.names.Function(function)
                : unit_.names.Variable(llvm::cast<clang::VarDecl>(declaration)),
            declaration);
      });
    }
    for (const Symbols::Alias& alias : aliases) {
      auto found = definitions_.find(alias.target);
      uint32_t target =
          found != definitions_.end()
              ? SymbolOf(unit_, found->second)
              : unit_.symbols.Named(alias.target, facts::SymbolType::unknown,
                                    /*weak=*/false);
      unit_.symbols.ResolveAlias(alias, target);
    }
    return true;
  }

  UnitTables unit_;
  Initializers initializers_;
  std::map<std::string, const clang::ValueDecl*> definitions_;
};

}  // namespace

Options OptionsOf(clang::CompilerInstance& compiler) {
  Options options;
  options.working_folder = compiler.getFileSystemOpts().WorkingDir;
  if (options.working_folder.empty()) {
    llvm::SmallString<256> current;
    if (!llvm::sys::fs::current_path(current)) {
      options.working_folder = current.str().str();
    }
  }
  options.common = !compiler.getCodeGenOpts().NoCommon;
  for (const clang::DirectoryLookup& folder :
       compiler.getPreprocessor().getHeaderSearchInfo().search_dir_range()) {
    options.header_folders.push_back(folder.getName().str());
  }
  return options;
}

absl::StatusOr<std::string> CollectFacts(clang::ASTContext& ast,
                                         const Options& options) {
  const llvm::Triple& triple = ast.getTargetInfo().getTriple();
  if (triple.getArch() != llvm::Triple::x86_64 || !triple.isOSBinFormatELF() ||
      triple.isX32()) {
    return absl::InvalidArgumentError(
        absl::StrCat("target ", triple.str(),
                     " is not supported; Chestnut analyses x86-64 ELF"));
  }
  facts::FactsBuilder builder;
  UnitCollector(ast, builder, options).Collect();
  return facts::Frame(builder.Serialize());
}

std::string FailedFacts(const std::string& name,
                        const std::vector<std::string>& errors) {
  facts::FactsBuilder builder;
  builder.unit().kind = facts::UnitKind::source;
  builder.unit().name = builder.String(name);
  builder.unit().producer = builder.String(kProducer);
  for (const std::string& error : errors) {
    builder.unit().errors.push_back(builder.String(error));
  }
  return facts::Frame(builder.Serialize());
}

}  // namespace chestnut::frontend
