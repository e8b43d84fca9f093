// Exceptions, run-time type information and coroutines: the helpers they call.
#ifndef CHESTNUT_FRONTEND_EXCEPTIONS_H_
#define CHESTNUT_FRONTEND_EXCEPTIONS_H_

#include "clang/AST/DeclCXX.h"
#include "clang/AST/Stmt.h"
#include "frontend/body.h"

namespace chestnut::frontend {

// throw, catch, dynamic_cast, typeid and coroutine statements.
void RecordExceptions(Body& body, const clang::Stmt* statement);

// What a C++ function that can be unwound through refers to: one call of
// `__clang_call_terminate`, which AddExceptionBundle defines.
void RecordUnwinding(Body& body);

// Defines `__clang_call_terminate` with all that unwinding needs: personality,
// resuming, terminating.
void AddExceptionBundle(UnitTables& unit);

// Takes the address of a destructor for the run-time library, which calls it
// as void(void*); returns its value.
uint32_t RecordAsPlainFunction(Body& body,
                               const clang::CXXDestructorDecl* destructor);

// The signature under which coroutines are resumed and destroyed.
uint32_t CoroutineSignature(UnitTables& unit);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_EXCEPTIONS_H_
