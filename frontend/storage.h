// Which place an lvalue denotes, and what is loaded from or stored to it.
#ifndef CHESTNUT_FRONTEND_STORAGE_H_
#define CHESTNUT_FRONTEND_STORAGE_H_

#include <cstdint>

#include "clang/AST/Expr.h"
#include "frontend/body.h"

namespace chestnut::frontend {

enum class StorageKind {
  kVariable,  // local or parameter
  kGlobal,    // variable with static storage
  kField,
  kMemory,  // behind a pointer or reference
};

// Elements of an array count as the array.
struct Storage {
  StorageKind kind = StorageKind::kMemory;
  const clang::VarDecl* variable = nullptr;
  uint32_t a = facts::kNone;  // symbol or record
  uint32_t offset = 0;
  // A bit-field or a member of a union: integers in it are not followed.
  bool shared = false;
};

Storage StorageOf(Body& body, const clang::Expr* lvalue);
Storage StorageOfField(Body& body, const clang::FieldDecl* field);
Storage StorageOfVariable(Body& body, const clang::VarDecl* variable);

// The content of `storage`, read as `type` at `expression` (for the reason of
// an unknown).
uint32_t Load(Body& body, const Storage& storage, clang::QualType type,
              const clang::Expr* expression);

// Records that `value` is stored. Nothing for places that are not tracked.
void Store(Body& body, const Storage& storage, clang::QualType type,
           uint32_t value);

// Marks the place opened, if it is a tracked one.
void OpenStorage(Body& body, const Storage& storage, clang::QualType type);

// Whether the variable is replaced by the value of its only assignment.
bool IsSubstituted(Body& body, const clang::VarDecl* variable);

// The position of a parameter as calls pass it (this first).
uint32_t ParameterIndex(const clang::FunctionDecl* function,
                        const clang::ParmVarDecl* parameter);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_STORAGE_H_
