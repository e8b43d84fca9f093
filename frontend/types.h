// What a type means for the analysis: which places are tracked, and what a
// pointer leads to.
#ifndef CHESTNUT_FRONTEND_TYPES_H_
#define CHESTNUT_FRONTEND_TYPES_H_

#include <cstdint>

#include "clang/AST/ASTContext.h"
#include "clang/AST/Type.h"

namespace chestnut::frontend {

// Content that facts follow through the program.
enum class Tracked { kNo, kFunction, kInteger };

// The canonical unqualified type below arrays, atomics and qualifiers.
clang::QualType ElementType(const clang::ASTContext& ast, clang::QualType type);

// The function type that a value of `type` can be called as: pointer to,
// reference to, or member pointer to function. Null for other types; `type`
// may be a function type itself.
const clang::FunctionType* CalledType(clang::QualType type);

// What of a place of this type (or of the elements of an array) is followed.
// Integers narrower than four bytes are not.
Tracked TrackedContent(const clang::ASTContext& ast, clang::QualType type);

// Bytes of an integer or enum type, 0 if the type is neither or wider than 8.
uint8_t IntegerWidth(const clang::ASTContext& ast, clang::QualType type);

// The record behind a record type or an array of records, with a definition
// whose layout can be asked for; null otherwise.
const clang::RecordDecl* LaidOutRecord(clang::QualType type);

// A record that Layout may be asked about.
bool HasLayout(const clang::RecordDecl* record);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_TYPES_H_
