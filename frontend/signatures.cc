#include "frontend/signatures.h"

#include <utility>

#include "clang/AST/DeclCXX.h"
#include "clang/AST/PrettyPrinter.h"
#include "frontend/types.h"
#include "llvm/Support/raw_ostream.h"

namespace chestnut::frontend {
namespace {

using clang::QualType;

std::string IntegerKey(const clang::ASTContext& ast, QualType type) {
  return (type->isSignedIntegerOrEnumerationType() ? "i" : "u") +
         std::to_string(ast.getTypeSize(type));
}

}  // namespace

Signatures::Signatures(clang::ASTContext& ast, facts::FactsBuilder& builder,
                       Places& places)
    : ast_(ast), builder_(builder), places_(places) {}

std::string Signatures::RecordName(const clang::TagDecl* record) {
  record = record->getCanonicalDecl();
  auto [it, added] = record_names_.try_emplace(record);
  if (!added) return it->second;
  clang::PrintingPolicy policy(ast_.getLangOpts());
  // Anonymous records would print their absolute path.
  policy.AnonymousTagLocations = false;
  std::string name;
  llvm::raw_string_ostream out(name);
  if (record->getIdentifier() != nullptr) {
    record->getNameForDiagnostic(out, policy, /*Qualified=*/true);
  } else if (const auto* alias = record->getTypedefNameForAnonDecl()) {
    alias->getNameForDiagnostic(out, policy, /*Qualified=*/true);
  } else {
    // Only what is the same in every unit that includes the record: the
    // enclosing record, and for a lambda the line in its file. The layout
    // tells the rest apart.
    if (const auto* outer =
            llvm::dyn_cast_or_null<clang::TagDecl>(record->getDeclContext())) {
      out << RecordName(outer) << "::";
    }
    const auto* closure = llvm::dyn_cast<clang::CXXRecordDecl>(record);
    if (closure != nullptr && closure->isLambda()) {
      out << "(lambda at " << places_.ShortText(record->getLocation()) << ")";
    } else {
      out << "(" << record->getKindName() << ")";
    }
  }
  // The map may have grown while the name was made.
  record_names_[record] = name;
  return name;
}

std::string Signatures::TypeKey(QualType type) {
  type = type.getCanonicalType().getUnqualifiedType();
  if (type->isVoidType()) return "v";
  if (type->isNullPtrType()) return "*";
  if (type->isIntegralOrEnumerationType() && !type->isDependentType()) {
    if (type->isIncompleteType()) return "i32";
    return IntegerKey(ast_, type);
  }
  if (type->isRealFloatingType()) {
    // x87 long double is known by its 80 value bits.
    if (ast_.getTypeSize(type) == 128 && !type->isFloat128Type()) return "f80";
    return "f" + std::to_string(ast_.getTypeSize(type));
  }
  if (const auto* complex = type->getAs<clang::ComplexType>()) {
    return "c" + TypeKey(complex->getElementType());
  }
  if (const auto* vector = type->getAs<clang::VectorType>()) {
    return "<" + std::to_string(vector->getNumElements()) + " " +
           TypeKey(vector->getElementType()) + ">";
  }
  if (const auto* atomic = type->getAs<clang::AtomicType>()) {
    return TypeKey(atomic->getValueType());
  }
  if (const auto* member = type->getAs<clang::MemberPointerType>()) {
    return TypeKey(QualType(member->getClass(), 0)) + "::*" +
           TypeKey(member->getPointeeType());
  }
  if (type->isReferenceType()) return "&" + TypeKey(type->getPointeeType());
  if (type->isPointerType() || type->isBlockPointerType()) {
    QualType pointee = type->getPointeeType();
    return pointee->isVoidType() ? "*" : "*" + TypeKey(pointee);
  }
  if (const auto* function = type->getAs<clang::FunctionType>()) {
    return FunctionKey(function);
  }
  if (const clang::ArrayType* array = ast_.getAsArrayType(type)) {
    std::string size;
    if (const auto* known = llvm::dyn_cast<clang::ConstantArrayType>(array)) {
      size = std::to_string(known->getSize().getZExtValue());
    }
    return "[" + size + "]" + TypeKey(array->getElementType());
  }
  if (const auto* tag = type->getAs<clang::TagType>()) {
    return RecordName(tag->getDecl());
  }
  return type.getAsString(clang::PrintingPolicy(ast_.getLangOpts()));
}

std::string Signatures::FunctionKey(const clang::FunctionType* type) {
  std::string key = TypeKey(type->getReturnType()) + "(";
  const auto* prototype = llvm::dyn_cast<clang::FunctionProtoType>(type);
  // Not `()`, so that it differs from a function that takes nothing.
  if (prototype == nullptr) return key + "?)";
  bool first = true;
  for (QualType parameter : prototype->param_types()) {
    if (!first) key += ",";
    first = false;
    key += TypeKey(parameter);
  }
  if (prototype->isVariadic()) key += first ? "..." : ",...";
  return key + ")";
}

uint32_t Signatures::Add(const std::string& key, const std::string& text,
                         unsigned parameters, bool variadic, bool prototyped) {
  auto [it, added] = by_key_.try_emplace(
      key, static_cast<uint32_t>(builder_.unit().signatures.size()));
  if (!added) return it->second;
  auto signature = std::make_unique<facts::SignatureT>();
  signature->key = builder_.String(key);
  signature->text = builder_.String(text);
  signature->parameters = static_cast<uint16_t>(parameters);
  signature->variadic = variadic;
  signature->prototyped = prototyped;
  builder_.unit().signatures.push_back(std::move(signature));
  return it->second;
}

uint32_t Signatures::OfType(const clang::FunctionType* type,
                            const clang::Type* method_class) {
  std::string key = FunctionKey(type);
  if (method_class != nullptr) {
    key = TypeKey(QualType(method_class, 0)) + "::" + key;
  }
  clang::PrintingPolicy policy(ast_.getLangOpts());
  policy.AnonymousTagLocations = false;
  std::string text = QualType(type, 0).getAsString(policy);
  const auto* prototype = llvm::dyn_cast<clang::FunctionProtoType>(type);
  return Add(key, text, prototype == nullptr ? 0 : prototype->getNumParams(),
             prototype != nullptr && prototype->isVariadic(),
             prototype != nullptr);
}

uint32_t Signatures::OfCallable(QualType type) {
  type = ElementType(ast_, type);
  auto cached = by_type_.find(type.getTypePtr());
  if (cached != by_type_.end()) return cached->second;
  const clang::FunctionType* called = CalledType(type);
  uint32_t index = facts::kNone;
  if (called != nullptr) {
    const auto* member = type->getAs<clang::MemberPointerType>();
    index = OfType(called, member == nullptr ? nullptr : member->getClass());
  }
  by_type_[type.getTypePtr()] = index;
  return index;
}

uint32_t Signatures::OfDefinition(const clang::FunctionDecl* function) {
  QualType type = function->getType().getCanonicalType();
  if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
      method != nullptr && method->isImplicitObjectMemberFunction()) {
    return OfType(type->castAs<clang::FunctionType>(),
                  ast_.getTypeDeclType(method->getParent())
                      .getCanonicalType()
                      .getTypePtr());
  }
  if (type->getAs<clang::FunctionNoProtoType>() == nullptr) {
    return OfCallable(type);
  }
  std::string key = TypeKey(function->getReturnType()) + "(";
  for (const clang::ParmVarDecl* parameter : function->parameters()) {
    QualType promoted = parameter->getType();
    if (ast_.isPromotableIntegerType(promoted)) {
      promoted = ast_.getPromotedIntegerType(promoted);
    } else if (promoted->isSpecificBuiltinType(clang::BuiltinType::Float)) {
      promoted = ast_.DoubleTy;
    }
    if (parameter != function->getParamDecl(0)) key += ",";
    key += TypeKey(promoted);
  }
  return Add(key + ")", type.getAsString(), function->getNumParams(), false,
             true);
}

uint32_t Signatures::Named(llvm::StringRef key, unsigned parameters) {
  return Add(key.str(), key.str(), parameters, false, true);
}

}  // namespace chestnut::frontend
