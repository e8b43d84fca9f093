#include "frontend/unit.h"

#include <filesystem>
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
#include "frontend/annotations.h"
#include "frontend/body.h"
#include "frontend/calls.h"
#include "frontend/emitted.h"
#include "frontend/exceptions.h"
#include "frontend/function.h"
#include "frontend/objects.h"
#include "frontend/vtables.h"
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

  absl::Status Collect() {
    Header();
    if (absl::Status status = CollectAnnotations(unit_); !status.ok()) {
      return status;
    }
    ForEachEmitted(unit_.ast, [&](const clang::ValueDecl* declaration) {
      SymbolOf(unit_, declaration);
      EmitClassData(declaration);
    });
    Drain();
    FinishInitializers();
    FinishThreadVariables();
    if (unit_.needs_exception_bundle) AddExceptionBundle(unit_);
    return absl::OkStatus();
  }

 private:
  void Header() {
    facts::UnitT& out = unit_.builder.unit();
    const clang::SourceManager& sources = unit_.ast.getSourceManager();
    auto main = sources.getFileEntryRefForID(sources.getMainFileID());
    std::string name =
        main ? unit_.places.Portable(main->getName()) : std::string("<stdin>");
    main_name_ = std::filesystem::path(name).filename().string();
    out.kind = facts::UnitKind::source;
    out.name = unit_.builder.String(name);
    out.target =
        unit_.builder.String(unit_.ast.getTargetInfo().getTriple().str());
    out.producer = unit_.builder.String(kProducer);
    out.language =
        unit_.builder.String(unit_.ast.getLangOpts().CPlusPlus ? "c++" : "c");
  }

  // The unit that defines a class's key function has its vtable.
  void EmitClassData(const clang::ValueDecl* declaration) {
    const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(declaration);
    if (method == nullptr || !method->isVirtual()) return;
    const clang::CXXRecordDecl* record = method->getParent();
    const clang::CXXMethodDecl* key = unit_.ast.getCurrentKeyFunction(record);
    bool instantiated = record->getTemplateSpecializationKind() ==
                        clang::TSK_ExplicitInstantiationDefinition;
    bool is_key =
        key != nullptr && key->getCanonicalDecl() == method->getCanonicalDecl();
    if (!instantiated && !is_key) return;
    unit_.symbols.VTable(record);
    if (record->getNumVBases() > 0) unit_.symbols.Vtt(record);
  }

  void Visit(const Pending& next) {
    if (const auto* function =
            std::get_if<const clang::FunctionDecl*>(&next.what)) {
      CollectFunction(unit_, *function, next.symbol);
    } else if (const auto* variable =
                   std::get_if<const clang::VarDecl*>(&next.what)) {
      CollectObject(unit_, *variable, next.symbol, initializers_);
    } else if (const auto* table = std::get_if<PendingVTable>(&next.what)) {
      CollectVTable(unit_, table->record, next.symbol);
    } else if (const auto* table = std::get_if<PendingVtt>(&next.what)) {
      CollectVtt(unit_, table->record, next.symbol);
    } else if (const auto* info = std::get_if<PendingTypeInfo>(&next.what)) {
      CollectTypeInfo(unit_, info->type, next.symbol);
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

  // The functions that run before main and before a thread's first access.
  void FinishInitializers() {
    if (initializers_.has_program) {
      RecordUnwinding(initializers_.program);
      uint32_t symbol = unit_.symbols.Define("_GLOBAL__sub_I_" + main_name_,
                                             facts::Linkage::internal,
                                             facts::SymbolType::function);
      AddMadeFunction(unit_, symbol, initializers_.program.scope);
      unit_.builder.unit().roots.emplace_back(facts::RootKind::constructor,
                                              symbol, 65535);
    }
    if (initializers_.has_thread) {
      RecordUnwinding(initializers_.thread);
      thread_init_ = unit_.symbols.Define(
          "__tls_init", facts::Linkage::internal, facts::SymbolType::function);
      AddMadeFunction(unit_, thread_init_, initializers_.thread.scope);
    }
  }

  // Each unit has its own copy of a wrapper, which calls the initialiser that
  // the defining unit has under a name of its own.
  void FinishThreadVariables() {
    for (const clang::VarDecl* variable : unit_.thread_variables) {
      std::string init = unit_.names.ThreadLocalInit(variable);
      bool defined = variable->getDefinition() != nullptr;
      uint32_t alias = facts::kNone;
      if (defined && thread_init_ != facts::kNone) {
        alias = unit_.symbols.Define(init,
                                     variable->isExternallyVisible()
                                         ? facts::Linkage::linkonce
                                         : facts::Linkage::internal,
                                     facts::SymbolType::function);
        unit_.builder.unit().symbols[alias]->alias_of = thread_init_;
      }
      uint32_t wrapper = unit_.symbols.Define(
          unit_.names.ThreadLocalWrapper(variable), facts::Linkage::linkonce,
          facts::SymbolType::function);
      Body body(unit_, nullptr);
      if (alias != facts::kNone && !variable->isExternallyVisible()) {
        facts::CallT call;
        call.symbol = alias;  // no other unit's of that name
        call.implicit = true;
        body.scope.AddCall(std::move(call));
      } else {
        RecordRuntimeCall(body, init, clang::SourceLocation());
      }
      body.scope.Refer(unit_.symbols.Variable(variable));
      AddMadeFunction(unit_, wrapper, body.scope);
    }
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
  std::string main_name_;
  uint32_t thread_init_ = facts::kNone;
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

std::string ProducerText() { return kProducer; }

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
  if (absl::Status status = UnitCollector(ast, builder, options).Collect();
      !status.ok()) {
    return status;
  }
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
