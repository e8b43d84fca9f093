// What conversions between pointer types mean for functions and records.
#ifndef CHESTNUT_FRONTEND_CONVERSIONS_H_
#define CHESTNUT_FRONTEND_CONVERSIONS_H_

#include "clang/AST/Expr.h"
#include "frontend/body.h"

namespace chestnut::frontend {

// Findings of a cast in the body: signature casts, escapes, record
// conversions.
void RecordCast(Body& body, const clang::CastExpr* conversion);

// An argument goes through `...` (or to a function without a prototype's
// help): whoever reads it may convert it.
void RecordVariadicArgument(Body& body, const clang::Expr* argument);

// An operand reaches code without types (inline assembly).
void RecordUntypedOperand(Body& body, const clang::Expr* operand);

// An operand of assembly that calls: what is behind it may be called too, even
// if it has no type.
void RecordOperandOfCall(Body& body, const clang::Expr* operand);

// A value of `type` is read from where types are not known (va_arg, output of
// assembly).
void RecordUntypedSource(Body& body, clang::QualType type);

// A member of a union is used: members of different types share bytes.
void RecordUnionUse(Body& body, const clang::RecordDecl* record);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_CONVERSIONS_H_
