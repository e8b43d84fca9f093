// Calls and references that the language makes without being told: destructors,
// cleanups, constructors, exceptions, run-time library helpers.
#ifndef CHESTNUT_FRONTEND_IMPLICIT_H_
#define CHESTNUT_FRONTEND_IMPLICIT_H_

#include "frontend/body.h"

namespace chestnut::frontend {

// Those of one node.
void RecordImplicit(Body& body, const Node& node);

// Those of the function as a whole: members and bases of constructors and
// destructors, static invokers of lambdas, the exception bundle.
void RecordFunctionImplicit(Body& body);

// Destruction of an object of `type` (an array's elements), if it does
// anything.
void RecordDestruction(Body& body, clang::QualType type,
                       clang::SourceLocation location);

// Registers the destruction of a variable at exit of the program or thread.
void RecordExitDestruction(Body& body, const clang::VarDecl* variable);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_IMPLICIT_H_
