#include "frontend/types.h"

#include "clang/AST/Decl.h"

namespace chestnut::frontend {

using clang::ASTContext;
using clang::QualType;

QualType ElementType(const ASTContext& ast, QualType type) {
  while (true) {
    type = type.getCanonicalType().getUnqualifiedType();
    if (const clang::ArrayType* array = ast.getAsArrayType(type)) {
      type = array->getElementType();
    } else if (const auto* atomic = type->getAs<clang::AtomicType>()) {
      type = atomic->getValueType();
    } else {
      return type;
    }
  }
}

const clang::FunctionType* CalledType(QualType type) {
  if (type.isNull()) return nullptr;
  type = type.getCanonicalType();
  if (const auto* function = type->getAs<clang::FunctionType>()) {
    return function;
  }
  if (const auto* member = type->getAs<clang::MemberPointerType>()) {
    return member->getPointeeType()->getAs<clang::FunctionType>();
  }
  QualType pointee = type->getPointeeType();
  if (pointee.isNull()) return nullptr;
  return pointee->getAs<clang::FunctionType>();
}

Tracked TrackedContent(const ASTContext& ast, QualType type) {
  // A reference to a function is a pointer to it; other references are not
  // places of their own.
  if (type->isReferenceType() && !type->isFunctionReferenceType()) {
    return Tracked::kNo;
  }
  type = ElementType(ast, type);
  if (!type->isFunctionType() && CalledType(type) != nullptr) {
    return Tracked::kFunction;
  }
  return IntegerWidth(ast, type) >= 4 ? Tracked::kInteger : Tracked::kNo;
}

uint8_t IntegerWidth(const ASTContext& ast, QualType type) {
  type = type.getCanonicalType();
  if (const auto* atomic = type->getAs<clang::AtomicType>()) {
    type = atomic->getValueType().getCanonicalType();
  }
  if (!type->isIntegralOrEnumerationType() || type->isDependentType() ||
      type->isIncompleteType()) {
    return 0;
  }
  uint64_t bits = ast.getTypeSize(type);
  return bits <= 64 && bits % 8 == 0 ? static_cast<uint8_t>(bits / 8) : 0;
}

bool HasLayout(const clang::RecordDecl* record) {
  return record != nullptr && record->isCompleteDefinition() &&
         !record->isInvalidDecl() && !record->isDependentType();
}

const clang::RecordDecl* LaidOutRecord(QualType type) {
  if (type.isNull()) return nullptr;
  while (const auto* array =
             llvm::dyn_cast<clang::ArrayType>(type.getCanonicalType())) {
    type = array->getElementType();
  }
  if (const auto* atomic = type->getAs<clang::AtomicType>()) {
    type = atomic->getValueType();
  }
  const auto* record = type->getAs<clang::RecordType>();
  if (record == nullptr) return nullptr;
  const clang::RecordDecl* definition = record->getDecl()->getDefinition();
  return HasLayout(definition) ? definition : nullptr;
}

}  // namespace chestnut::frontend
