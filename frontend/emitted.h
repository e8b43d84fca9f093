// Which declarations a unit's object has whether or not anything in the unit
// refers to them.
#ifndef CHESTNUT_FRONTEND_EMITTED_H_
#define CHESTNUT_FRONTEND_EMITTED_H_

#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace chestnut::frontend {

// Calls visit for each function or variable definition (alias and ifunc
// declarations included) that must be emitted, instantiations included.
void ForEachEmitted(clang::ASTContext& ast,
                    llvm::function_ref<void(const clang::ValueDecl*)> visit);

// Calls visit for each function and variable that has a definition, emitted or
// not.
void ForEachDefinition(clang::ASTContext& ast,
                       llvm::function_ref<void(const clang::ValueDecl*)> visit);

// Calls visit for each file-scope asm.
void ForEachFileScopeAsm(
    clang::ASTContext& ast,
    llvm::function_ref<void(const clang::FileScopeAsmDecl*)> visit);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_EMITTED_H_
