// What a program loads or executes by name while it runs.
#ifndef CHESTNUT_FRONTEND_NEEDS_H_
#define CHESTNUT_FRONTEND_NEEDS_H_

#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "frontend/body.h"

namespace chestnut::frontend {

// If the call is one of dlopen, dlsym or their kind, or executes a program
// (facts/executing.h): a need of each name that is written there, or one of an
// unknown name.
void RecordNeed(Body& body, const clang::FunctionDecl* callee,
                const clang::CallExpr* call);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_NEEDS_H_
