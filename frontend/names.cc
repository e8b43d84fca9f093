#include "frontend/names.h"

#include <optional>
#include <utility>

#include "clang/AST/DeclCXX.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/Support/raw_ostream.h"

namespace chestnut::frontend {
namespace {

using clang::GlobalDecl;

template <typename Write>
std::string Written(Write write) {
  std::string name;
  llvm::raw_string_ostream out(name);
  write(out);
  out.flush();
  // The mangler's mark for "exactly this name", from asm labels.
  if (!name.empty() && name[0] == '\1') name.erase(0, 1);
  return name;
}

// A number for closures that the language gives none.
std::optional<unsigned> LambdaNumber(clang::ASTContext& ast,
                                     const clang::NamedDecl* declaration) {
  const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(declaration);
  if (record == nullptr || !record->isLambda() ||
      record->getLambdaManglingNumber() > 0) {
    return std::nullopt;
  }
  const clang::SourceManager& sources = ast.getSourceManager();
  clang::PresumedLoc place =
      sources.getPresumedLoc(sources.getExpansionLoc(record->getLocation()));
  if (place.isInvalid()) return std::nullopt;
  // The mangler prints this number minus 2.
  return place.getLine() * 1000 + place.getColumn() % 1000 + 2;
}

}  // namespace

llvm::StringRef StripBuiltin(llvm::StringRef name) {
  name.consume_front("__builtin_");
  return name;
}

Names::Names(clang::ASTContext& ast)
    : ast_(ast),
      mangler_(clang::ItaniumMangleContext::create(ast, ast.getDiagnostics(),
                                                   LambdaNumber)) {}

std::string Names::Variant(GlobalDecl variant) {
  return Written([&](llvm::raw_ostream& out) {
    const auto* named = llvm::cast<clang::NamedDecl>(variant.getDecl());
    if (mangler_->shouldMangleDeclName(named)) {
      mangler_->mangleName(variant, out);
    } else {
      out << named->getName();
    }
  });
}

std::string Names::Function(const clang::FunctionDecl* function) {
  if (const auto* made = llvm::dyn_cast<clang::CXXConstructorDecl>(function)) {
    return Variant(GlobalDecl(made, clang::Ctor_Complete));
  }
  if (const auto* gone = llvm::dyn_cast<clang::CXXDestructorDecl>(function)) {
    return Variant(GlobalDecl(gone, clang::Dtor_Complete));
  }
  return Variant(GlobalDecl(function));
}

std::string Names::Variable(const clang::VarDecl* variable) {
  if (!ast_.getLangOpts().CPlusPlus && variable->isStaticLocal() &&
      !variable->hasAttr<clang::AsmLabelAttr>()) {
    const auto* parent = llvm::dyn_cast_or_null<clang::FunctionDecl>(
        variable->getParentFunctionOrMethod());
    std::string prefix = parent == nullptr ? "" : Function(parent) + ".";
    return prefix + variable->getNameAsString();
  }
  return Variant(GlobalDecl(variable));
}

std::string Names::VTable(const clang::CXXRecordDecl* record) {
  return Written([&](auto& out) { mangler_->mangleCXXVTable(record, out); });
}

std::string Names::Vtt(const clang::CXXRecordDecl* record) {
  return Written([&](auto& out) { mangler_->mangleCXXVTT(record, out); });
}

std::string Names::ConstructionVTable(const clang::CXXRecordDecl* complete,
                                      int64_t offset,
                                      const clang::CXXRecordDecl* base) {
  return Written([&](auto& out) {
    mangler_->mangleCXXCtorVTable(complete, offset, base, out);
  });
}

std::string Names::TypeInfo(clang::QualType type) {
  return Written([&](auto& out) { mangler_->mangleCXXRTTI(type, out); });
}

std::string Names::TypeInfoName(clang::QualType type) {
  return Written([&](auto& out) { mangler_->mangleCXXRTTIName(type, out); });
}

std::string Names::Thunk(GlobalDecl method, const clang::ThunkInfo& thunk) {
  return Written([&](auto& out) {
    if (const auto* destructor =
            llvm::dyn_cast<clang::CXXDestructorDecl>(method.getDecl())) {
      mangler_->mangleCXXDtorThunk(destructor, method.getDtorType(), thunk,
                                   /*ElideOverrideInfo=*/true, out);
    } else {
      mangler_->mangleThunk(llvm::cast<clang::CXXMethodDecl>(method.getDecl()),
                            thunk, /*ElideOverrideInfo=*/true, out);
    }
  });
}

std::string Names::ThreadLocalWrapper(const clang::VarDecl* variable) {
  return Written([&](auto& out) {
    mangler_->mangleItaniumThreadLocalWrapper(variable, out);
  });
}

std::string Names::ThreadLocalInit(const clang::VarDecl* variable) {
  return Written([&](auto& out) {
    mangler_->mangleItaniumThreadLocalInit(variable, out);
  });
}

std::string Names::Guard(const clang::VarDecl* variable) {
  return Written(
      [&](auto& out) { mangler_->mangleStaticGuardVariable(variable, out); });
}

std::string Names::ReferenceTemporary(const clang::VarDecl* variable,
                                      unsigned number) {
  return Written([&](auto& out) {
    mangler_->mangleReferenceTemporary(variable, number, out);
  });
}

}  // namespace chestnut::frontend
