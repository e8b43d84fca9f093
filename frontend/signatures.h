// Signature keys (docs/facts.md) and the table of a unit's signatures.
#ifndef CHESTNUT_FRONTEND_SIGNATURES_H_
#define CHESTNUT_FRONTEND_SIGNATURES_H_

#include <cstdint>
#include <string>

#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "facts/builder.h"
#include "frontend/places.h"
#include "llvm/ADT/DenseMap.h"

namespace chestnut::frontend {

class Signatures {
 public:
  Signatures(clang::ASTContext& ast, facts::FactsBuilder& builder,
             Places& places);

  // The signature that a value of `type` (pointer, reference or member pointer
  // to function, or a function type) is called with; facts::kNone if it cannot
  // be called. Arrays and atomics of such count as their elements.
  uint32_t OfCallable(clang::QualType type);
  // The signature of a function's definition. C's `f()` is keyed from its
  // parameters with promotions; a method as its member pointer is.
  uint32_t OfDefinition(const clang::FunctionDecl* function);
  // A signature of our own making, for edges that no C type expresses.
  uint32_t Named(llvm::StringRef key, unsigned parameters);

  // Canonical key of any type.
  std::string TypeKey(clang::QualType type);
  // Tag, typedef name if anonymous, else a name made from what is around it.
  std::string RecordName(const clang::TagDecl* record);

 private:
  std::string FunctionKey(const clang::FunctionType* type);
  uint32_t Add(const std::string& key, const std::string& text,
               unsigned parameters, bool variadic, bool prototyped);
  uint32_t OfType(const clang::FunctionType* type,
                  const clang::Type* method_class);

  clang::ASTContext& ast_;
  facts::FactsBuilder& builder_;
  Places& places_;
  llvm::DenseMap<const clang::Type*, uint32_t> by_type_;
  llvm::DenseMap<const clang::TagDecl*, std::string> record_names_;
  llvm::StringMap<uint32_t> by_key_;
};

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_SIGNATURES_H_
