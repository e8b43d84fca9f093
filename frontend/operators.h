// Library functions that operators of C become: atomic accesses that no
// instruction can do, arithmetic of complex numbers.
#ifndef CHESTNUT_FRONTEND_OPERATORS_H_
#define CHESTNUT_FRONTEND_OPERATORS_H_

#include "clang/AST/Expr.h"
#include "frontend/body.h"

namespace chestnut::frontend {

// Those of one expression, operands not included. Whether the target has an
// instruction is not asked where it depends on alignment: one call too many.
void RecordOperatorCalls(Body& body, const clang::Expr* expression);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_OPERATORS_H_
