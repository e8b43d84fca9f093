// The statements and expressions of a body that generated code can contain, in
// one order that all passes share.
#ifndef CHESTNUT_FRONTEND_WALK_H_
#define CHESTNUT_FRONTEND_WALK_H_

#include <vector>

#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Stmt.h"

namespace chestnut::frontend {

// A statement, or a local variable at its declaration (its initialiser
// follows).
struct Node {
  const clang::Stmt* statement = nullptr;
  const clang::VarDecl* variable = nullptr;
};

// Appends the nodes of `statement`, parents before children. Left out:
// unevaluated operands, branches whose condition is a constant (unless a label
// lets one jump in), bodies of lambdas (functions of their own). Written out:
// default arguments, default member initialisers, what the language desugars.
void Walk(const clang::ASTContext& ast, const clang::Stmt* statement,
          std::vector<Node>& out);

// The same for a variable declared in the body.
void WalkVariable(const clang::ASTContext& ast, const clang::VarDecl* variable,
                  std::vector<Node>& out);

// The sizes in a variable length array type, as a parameter has them.
void WalkSizes(const clang::ASTContext& ast, clang::QualType type,
               std::vector<Node>& out);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_WALK_H_
