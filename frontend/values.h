// From expressions to the values of docs/facts.md.
#ifndef CHESTNUT_FRONTEND_VALUES_H_
#define CHESTNUT_FRONTEND_VALUES_H_

#include <cstdint>

#include "clang/AST/Expr.h"
#include "frontend/body.h"

namespace chestnut::frontend {

// The value of an expression: functions that a function pointer may hold, what
// is known of an integer, the address of an object or function for other
// pointers. Nothing in `body` but new locals and records is changed.
uint32_t ValueOf(Body& body, const clang::Expr* expression);

// Unknown, with the place of `expression`.
uint32_t UnknownAt(Body& body, llvm::StringRef reason,
                   const clang::Expr* expression);

// The address of a function as a value: a method_address for a virtual method
// whose member pointer is taken (`as_member`).
uint32_t FunctionValue(Body& body, const clang::FunctionDecl* function,
                       bool as_member);

// The value of an integer known to the compiler, without side effects.
bool IsConstant(const UnitTables& unit, uint32_t value);

// An expression without what does not change its value: parentheses,
// temporaries, default arguments, chosen alternatives, cleanups.
const clang::Expr* Unwrap(const clang::Expr* expression);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_VALUES_H_
