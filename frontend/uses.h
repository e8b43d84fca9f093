// The first pass over a body: how its variables are used, which calls there
// are, and which places and functions are used otherwise than directly.
#ifndef CHESTNUT_FRONTEND_USES_H_
#define CHESTNUT_FRONTEND_USES_H_

#include "frontend/body.h"

namespace chestnut::frontend {

// Fills body.variables, body.consumed, body.calls and body.exempt from
// body.nodes; opens places and takes addresses where an expression that
// denotes a place or a function is not consumed by its parent: what is not
// known to be a direct use counts as an address taken.
void CollectUses(Body& body);

// Whether the function returns fresh memory (malloc and its kind).
bool IsAllocation(const clang::FunctionDecl* function);

// The variable that `lvalue` names directly, a local or parameter of the body;
// null for other lvalues.
const clang::VarDecl* NamedLocal(const clang::Expr* lvalue);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_USES_H_
