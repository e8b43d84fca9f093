// What an initialiser refers to that the compiler evaluated itself.
#ifndef CHESTNUT_FRONTEND_CONSTANTS_H_
#define CHESTNUT_FRONTEND_CONSTANTS_H_

#include "clang/AST/APValue.h"
#include "clang/AST/Decl.h"
#include "frontend/body.h"

namespace chestnut::frontend {

// References and flows of a value of `type`; field flows are those of its
// records.
void RecordConstant(Body& body, const clang::APValue& value,
                    clang::QualType type);

// Those of a variable's initialiser that contains evaluated calls; what is
// written out in lists has been recorded already.
void RecordConstantInitializer(Body& body, const clang::VarDecl* variable);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_CONSTANTS_H_
