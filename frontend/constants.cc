#include "frontend/constants.h"

#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "frontend/storage.h"
#include "frontend/types.h"
#include "frontend/values.h"

namespace chestnut::frontend {
namespace {

using clang::APValue;
using clang::QualType;

class ConstantRecorder {
 public:
  explicit ConstantRecorder(Body& body) : body_(body), unit_(body.unit) {}

  // `storage` is where the value lies; memory if that is not tracked.
  void Value(const APValue& value, QualType type, const Storage& storage) {
    switch (value.getKind()) {
      case APValue::LValue:
        Address(value, type, storage);
        return;
      case APValue::MemberPointer:
        Member(value, type, storage);
        return;
      case APValue::Int:
        if (TrackedContent(unit_.ast, type) == Tracked::kInteger &&
            value.getInt().getBitWidth() <= 64) {
          // Of the unsigned ones, half do not fit: their bits count.
          const uint64_t bits = value.getInt().extOrTrunc(64).getZExtValue();
          Store(body_, storage, type,
                unit_.builder.Constant(
                    static_cast<int64_t>(bits), IntegerWidth(unit_.ast, type),
                    type->isSignedIntegerOrEnumerationType()));
        }
        return;
      case APValue::Struct:
        Record(value, type);
        return;
      case APValue::Union:
        if (value.getUnionField() != nullptr) {
          Field(value.getUnionValue(), value.getUnionField());
        }
        return;
      case APValue::Array:
        Array(value, type, storage);
        return;
      default:
        return;
    }
  }

 private:
  void Array(const APValue& value, QualType type, const Storage& storage) {
    const clang::ArrayType* array = unit_.ast.getAsArrayType(type);
    if (array == nullptr) return;
    for (unsigned i = 0; i < value.getArrayInitializedElts(); ++i) {
      Value(value.getArrayInitializedElt(i), array->getElementType(), storage);
    }
    if (value.hasArrayFiller()) {
      Value(value.getArrayFiller(), array->getElementType(), storage);
    }
  }

  void Field(const APValue& value, const clang::FieldDecl* field) {
    Value(value, field->getType(), StorageOfField(body_, field));
  }

  void Record(const APValue& value, QualType type) {
    const clang::RecordDecl* record = LaidOutRecord(type);
    if (record == nullptr) return;
    if (const auto* derived = llvm::dyn_cast<clang::CXXRecordDecl>(record)) {
      unsigned index = 0;
      for (const clang::CXXBaseSpecifier& base : derived->bases()) {
        if (index >= value.getStructNumBases()) break;
        Record(value.getStructBase(index++), base.getType());
      }
      // The object holds pointers to its vtables.
      if (derived->isDynamicClass()) {
        body_.scope.Refer(unit_.symbols.VTable(derived));
      }
    }
    for (const clang::FieldDecl* field : record->fields()) {
      if (field->getFieldIndex() >= value.getStructNumFields()) break;
      Field(value.getStructField(field->getFieldIndex()), field);
    }
  }

  void Address(const APValue& value, QualType type, const Storage& storage) {
    APValue::LValueBase base = value.getLValueBase();
    if (base.is<clang::TypeInfoLValue>()) {
      body_.scope.Refer(unit_.symbols.TypeInfo(
          QualType(base.get<clang::TypeInfoLValue>().getType(), 0)));
      return;
    }
    if (const auto* made = base.dyn_cast<const clang::Expr*>()) {
      Temporary(made);
      return;
    }
    const auto* declaration = base.dyn_cast<const clang::ValueDecl*>();
    if (declaration == nullptr) return;
    if (const auto* function =
            llvm::dyn_cast<clang::FunctionDecl>(declaration)) {
      uint32_t symbol = unit_.symbols.Function(function);
      body_.scope.TakeAddress(symbol);
      if (TrackedContent(unit_.ast, type) == Tracked::kFunction) {
        Store(body_, storage, type, unit_.builder.FunctionAddress(symbol));
      }
    } else if (const auto* variable =
                   llvm::dyn_cast<clang::VarDecl>(declaration)) {
      if (variable->hasGlobalStorage()) {
        body_.scope.Refer(unit_.symbols.Variable(variable));
      }
    }
  }

  // A lifetime-extended temporary has a value of its own.
  void Temporary(const clang::Expr* made) {
    const auto* temporary =
        llvm::dyn_cast<clang::MaterializeTemporaryExpr>(made);
    if (temporary == nullptr) return;
    const APValue* content = temporary->getOrCreateValue(/*MayCreate=*/false);
    if (content != nullptr && content->hasValue()) {
      Value(*content, temporary->getType(), Storage());
    }
  }

  void Member(const APValue& value, QualType type, const Storage& storage) {
    if (const auto* field = llvm::dyn_cast_or_null<clang::FieldDecl>(
            value.getMemberPointerDecl())) {
      OpenStorage(body_, StorageOfField(body_, field), field->getType());
    }
    const auto* method = llvm::dyn_cast_or_null<clang::CXXMethodDecl>(
        value.getMemberPointerDecl());
    if (method == nullptr) return;
    if (method->isVirtual()) {
      body_.scope.TakeMethod(
          unit_.builder.String(unit_.names.Function(method)));
    } else {
      body_.scope.TakeAddress(unit_.symbols.Function(method));
    }
    Store(body_, storage, type, FunctionValue(body_, method, true));
  }

  Body& body_;
  UnitTables& unit_;
};

bool HasEvaluatedCall(const Body& body) {
  for (const Node& node : body.nodes) {
    if (llvm::isa_and_nonnull<clang::CallExpr, clang::CXXConstructExpr,
                              clang::LambdaExpr, clang::ConstantExpr,
                              clang::CXXTypeidExpr,
                              clang::MaterializeTemporaryExpr,
                              clang::DeclRefExpr, clang::CXXDefaultInitExpr>(
            node.statement)) {
      return true;
    }
  }
  return false;
}

}  // namespace

void RecordConstant(Body& body, const APValue& value, QualType type) {
  ConstantRecorder(body).Value(value, type, Storage());
}

void RecordConstantInitializer(Body& body, const clang::VarDecl* variable) {
  if (!body.unit.ast.getLangOpts().CPlusPlus || !HasEvaluatedCall(body)) return;
  const APValue* value = variable->getEvaluatedValue();
  if (value == nullptr) value = variable->evaluateValue();
  if (value == nullptr || !value->hasValue()) return;
  ConstantRecorder(body).Value(*value, variable->getType(),
                               StorageOfVariable(body, variable));
}

}  // namespace chestnut::frontend
