#include "frontend/emitted.h"

#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclFriend.h"
#include "clang/AST/DeclTemplate.h"

namespace chestnut::frontend {
namespace {

using clang::Decl;
using clang::DeclContext;
using llvm::dyn_cast;

// All declarations that can be emitted, those of instantiations included.
class DeclarationWalker {
 public:
  explicit DeclarationWalker(llvm::function_ref<void(const Decl*)> visit)
      : visit_(visit) {}

  void Context(const DeclContext* context) {
    for (const Decl* declaration : context->decls()) Declaration(declaration);
  }

 private:
  void Declaration(const Decl* declaration) {
    if (declaration->isInvalidDecl()) return;
    if (const auto* functions =
            dyn_cast<clang::FunctionTemplateDecl>(declaration)) {
      if (!First(functions)) return;
      for (const clang::FunctionDecl* one : functions->specializations()) {
        Declaration(one);
      }
      return;
    }
    if (const auto* classes = dyn_cast<clang::ClassTemplateDecl>(declaration)) {
      if (!First(classes)) return;
      for (const auto* one : classes->specializations()) Record(one);
      return;
    }
    if (const auto* variables = dyn_cast<clang::VarTemplateDecl>(declaration)) {
      if (!First(variables)) return;
      for (const auto* one : variables->specializations()) Declaration(one);
      return;
    }
    // Their members are found through their template.
    if (llvm::isa<clang::ClassTemplatePartialSpecializationDecl>(declaration)) {
      return;
    }
    if (const auto* record = dyn_cast<clang::CXXRecordDecl>(declaration)) {
      if (!llvm::isa<clang::ClassTemplateSpecializationDecl>(record)) {
        Record(record);
      }
      return;
    }
    if (const auto* friendship = dyn_cast<clang::FriendDecl>(declaration)) {
      if (friendship->getFriendDecl() != nullptr) {
        Declaration(friendship->getFriendDecl());
      }
      return;
    }
    if (llvm::isa<clang::NamespaceDecl, clang::LinkageSpecDecl,
                  clang::ExportDecl>(declaration)) {
      Context(llvm::cast<DeclContext>(declaration));
      return;
    }
    if (llvm::isa<clang::FunctionDecl, clang::VarDecl, clang::FileScopeAsmDecl>(
            declaration)) {
      visit_(declaration);
    }
  }

  void Record(const clang::CXXRecordDecl* record) {
    if (record->isDependentType() || !record->isThisDeclarationADefinition()) {
      return;
    }
    Context(record);
  }

  // Templates are redeclared, but share their specialisations.
  template <typename Template>
  static bool First(const Template* declared) {
    return declared->isCanonicalDecl();
  }

  llvm::function_ref<void(const Decl*)> visit_;
};

bool IsDependent(const Decl* declaration) {
  return declaration->isTemplated() ||
         declaration->getDeclContext()->isDependentContext();
}

}  // namespace

void ForEachEmitted(clang::ASTContext& ast,
                    llvm::function_ref<void(const clang::ValueDecl*)> visit) {
  DeclarationWalker([&](const Decl* declaration) {
    const auto* value = dyn_cast<clang::ValueDecl>(declaration);
    if (value == nullptr || IsDependent(value)) return;
    if (value->hasAttr<clang::IFuncAttr>() || ast.DeclMustBeEmitted(value)) {
      visit(value);
    }
  }).Context(ast.getTranslationUnitDecl());
}

void ForEachDefinition(
    clang::ASTContext& ast,
    llvm::function_ref<void(const clang::ValueDecl*)> visit) {
  DeclarationWalker([&](const Decl* declaration) {
    if (IsDependent(declaration)) return;
    if (const auto* function = dyn_cast<clang::FunctionDecl>(declaration)) {
      if (function->doesThisDeclarationHaveABody()) visit(function);
    } else if (const auto* variable = dyn_cast<clang::VarDecl>(declaration)) {
      if (variable->isThisDeclarationADefinition() !=
          clang::VarDecl::DeclarationOnly) {
        visit(variable);
      }
    }
  }).Context(ast.getTranslationUnitDecl());
}

void ForEachFileScopeAsm(
    clang::ASTContext& ast,
    llvm::function_ref<void(const clang::FileScopeAsmDecl*)> visit) {
  DeclarationWalker([&](const Decl* declaration) {
    if (const auto* assembly = dyn_cast<clang::FileScopeAsmDecl>(declaration)) {
      visit(assembly);
    }
  }).Context(ast.getTranslationUnitDecl());
}

}  // namespace chestnut::frontend
