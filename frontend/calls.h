// Calls that are written, or that an operator stands for.
#ifndef CHESTNUT_FRONTEND_CALLS_H_
#define CHESTNUT_FRONTEND_CALLS_H_

#include <vector>

#include "clang/AST/Expr.h"
#include "frontend/body.h"

namespace chestnut::frontend {

// Whether `expression` gets an entry in Function.calls. Builtins that no
// library function stands behind, and calls evaluated by the compiler, get
// none.
bool IsCall(Body& body, const clang::Expr* expression);

// Describes the call that `expression` is, if it is one (IsCall).
void RecordCall(Body& body, const clang::Expr* expression);

// A direct call of `function` that the language makes.
void RecordImplicitCall(Body& body, const clang::FunctionDecl* function,
                        std::vector<uint32_t> arguments,
                        clang::SourceLocation location);

// A call of a helper of the run-time library by name; once a body if nothing
// is known of its arguments.
void RecordRuntimeCall(Body& body, llvm::StringRef name,
                       clang::SourceLocation location,
                       std::vector<uint32_t> arguments = {});

// A virtual call of `method` that the language makes.
void RecordVirtualCall(Body& body, const clang::CXXMethodDecl* method,
                       clang::SourceLocation location);

// A special member that copies bytes or does nothing; no call is made for it.
bool IsBitwise(const clang::FunctionDecl* function);

// The value passed for an argument.
uint32_t ArgumentValue(Body& body, const clang::Expr* argument);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_CALLS_H_
