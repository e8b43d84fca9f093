#include "frontend/conversions.h"

#include <iterator>

#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "frontend/types.h"
#include "frontend/uses.h"
#include "frontend/values.h"

namespace chestnut::frontend {
namespace {

using clang::Expr;
using clang::QualType;
using clang::RecordDecl;
using facts::kNone;
using facts::RecordUse;
using llvm::dyn_cast;

// In which direction what lies behind a pointer can be read through another.
enum class Direction { kForward, kBoth };

bool IsUntyped(QualType type) {
  return type->isVoidType() || type->isAnyCharacterType() ||
         type->isStdByteType();
}

class Relation {
 public:
  explicit Relation(Body& body) : body_(body), unit_(body.unit) {}

  // Content of type `from` is seen as content of type `to`.
  void Contents(QualType from, QualType to, Direction direction) {
    from = ElementType(unit_.ast, from);
    to = ElementType(unit_.ast, to);
    if (from == to) return;
    bool from_function = IsFunction(from), to_function = IsFunction(to);
    if (from_function || to_function) {
      if (from_function && to_function) {
        Cast(unit_.signatures.OfCallable(from), unit_.signatures.OfCallable(to),
             direction);
      } else if (from_function) {
        Cast(unit_.signatures.OfCallable(from), kNone, direction);
        // Bytes of a function pointer inside a record.
        OpenFunctions(LaidOutRecord(to));
      } else {
        Cast(kNone, unit_.signatures.OfCallable(to), direction);
        OpenFunctions(LaidOutRecord(from));
      }
      if (!from_function) Untyped(from, direction);
      if (!to_function) Typed(to, direction);
      return;
    }
    const RecordDecl* a = LaidOutRecord(from);
    const RecordDecl* b = LaidOutRecord(to);
    if (a != nullptr && b != nullptr) {
      if (!Derived(a, b)) Records(a, b);
      return;
    }
    QualType from_pointee = from->getPointeeType();
    QualType to_pointee = to->getPointeeType();
    if (!from_pointee.isNull() && !to_pointee.isNull()) {
      Contents(from_pointee, to_pointee, Direction::kBoth);
      return;
    }
    // Integers of a pointer's size may carry functions into the record.
    if (!to->isAnyCharacterType()) OpenFunctions(a);
    if (!from->isAnyCharacterType()) OpenFunctions(b);
    Untyped(from, direction);
    Typed(to, direction);
  }

  // Content of `type` becomes visible without its type.
  void Untyped(QualType type, Direction direction) {
    type = Leaf(type, direction);
    if (IsFunction(type)) {
      Cast(unit_.signatures.OfCallable(type), kNone, direction);
    } else if (const RecordDecl* record = LaidOutRecord(type)) {
      Convert(RecordUse::to_untyped, record);
      if (direction == Direction::kBoth) {
        Convert(RecordUse::from_untyped, record);
      }
    }
  }

  // Untyped content is seen as `type`.
  void Typed(QualType type, Direction direction) {
    type = Leaf(type, direction);
    if (IsFunction(type)) {
      Cast(kNone, unit_.signatures.OfCallable(type), direction);
    } else if (const RecordDecl* record = LaidOutRecord(type)) {
      Convert(RecordUse::from_untyped, record);
      if (direction == Direction::kBoth) {
        Convert(RecordUse::to_untyped, record);
      }
    }
  }

  // A pointer becomes something that the kernel or assembly may look behind.
  void ToKernel(QualType pointee) {
    if (IsUntyped(pointee)) {
      body_.scope.AddConversion(RecordUse::to_kernel, kNone);
    } else if (const RecordDecl* record = LaidOutRecord(pointee)) {
      Convert(RecordUse::to_kernel, record);
    }
  }

  void Convert(RecordUse use, const RecordDecl* record) {
    if (!unit_.records.HoldsTracked(record)) return;
    body_.scope.AddConversion(use, unit_.records.Of(record));
  }

  // Every function pointer in the record may change unseen.
  void OpenFunctions(const RecordDecl* record) {
    if (record == nullptr || !unit_.records.HoldsFunctions(record)) return;
    uint32_t index = unit_.records.Of(record);
    Convert(RecordUse::copied_raw, record);
    for (const auto& field : unit_.builder.unit().records[index]->fields) {
      if (field->signature == kNone) continue;
      body_.scope.Open(facts::OpenKind::field, index, field->offset,
                       field->signature);
      Cast(field->signature, kNone, Direction::kBoth);
    }
    for (const clang::FieldDecl* field : record->fields()) {
      OpenFunctions(LaidOutRecord(field->getType()));
    }
    if (const auto* derived = dyn_cast<clang::CXXRecordDecl>(record)) {
      for (const clang::CXXBaseSpecifier& base : derived->bases()) {
        OpenFunctions(LaidOutRecord(base.getType()));
      }
    }
  }

 private:
  // A function, or a pointer to member function (which has no pointee to look
  // behind).
  static bool IsFunction(QualType type) {
    return type->isFunctionType() || type->isMemberFunctionPointerType();
  }

  // What is behind all pointers of `type`.
  QualType Leaf(QualType type, Direction& direction) {
    type = ElementType(unit_.ast, type);
    while (!IsFunction(type) && !type->getPointeeType().isNull()) {
      // Behind a second pointer, writes go both ways.
      direction = Direction::kBoth;
      type = ElementType(unit_.ast, type->getPointeeType());
    }
    return type;
  }

  void Cast(uint32_t from, uint32_t to, Direction direction) {
    body_.scope.AddCast(from, to);
    if (direction == Direction::kBoth) body_.scope.AddCast(to, from);
  }

  static bool Derived(const RecordDecl* a, const RecordDecl* b) {
    const auto* first = dyn_cast<clang::CXXRecordDecl>(a);
    const auto* second = dyn_cast<clang::CXXRecordDecl>(b);
    return first != nullptr && second != nullptr &&
           (first->isDerivedFrom(second) || second->isDerivedFrom(first));
  }

  void Records(const RecordDecl* a, const RecordDecl* b) {
    if (!unit_.records.HoldsTracked(a) && !unit_.records.HoldsTracked(b)) {
      return;
    }
    body_.scope.AddConversion(RecordUse::reinterpreted, unit_.records.Of(a),
                              unit_.records.Of(b));
    Convert(RecordUse::copied_raw, a);
    Convert(RecordUse::copied_raw, b);
  }

  Body& body_;
  UnitTables& unit_;
};

void FunctionEscapes(Body& body, const Expr* operand) {
  uint32_t value = ValueOf(body, operand);
  if (IsConstant(body.unit, value)) return;
  body.scope.AddFlow(facts::SinkKind::escape, true, kNone, 0, kNone, value);
  // Precise for a function's address; anything else stands for its pool too.
  if (body.unit.builder.unit().values[value].kind() !=
      facts::ValueKind::function_address) {
    body.scope.AddCast(body.unit.signatures.OfCallable(operand->getType()),
                       kNone);
  }
}

// A function whose own address is cast joins the pool of the new type; what
// else a pointer may hold joins it with its whole pool.
void FunctionTypeChanges(Body& body, const Expr* operand, QualType to) {
  uint32_t value = ValueOf(body, operand);
  if (IsConstant(body.unit, value)) return;
  uint32_t type = body.unit.signatures.OfCallable(to);
  if (body.unit.builder.unit().values[value].kind() ==
      facts::ValueKind::function_address) {
    body.scope.AddFlow(facts::SinkKind::memory, true, kNone, 0, type, value);
  } else {
    body.scope.AddCast(body.unit.signatures.OfCallable(operand->getType()),
                       type);
  }
}

bool IsNullOrConstant(Body& body, const Expr* operand) {
  Expr::EvalResult result;
  return operand->getType()->isIntegralOrEnumerationType() &&
         operand->EvaluateAsInt(result, body.unit.ast);
}

// From or to something that can be called.
bool FunctionCast(Body& body, const Expr* operand, QualType to) {
  QualType from = operand->getType();
  UnitTables& unit = body.unit;
  bool from_function = CalledType(from) != nullptr && !from->isFunctionType();
  bool to_function = CalledType(to) != nullptr && !to->isFunctionType();
  if (!from_function && !to_function) return false;
  if (from_function && to_function) {
    FunctionTypeChanges(body, operand, to);
  } else if (from_function) {
    FunctionEscapes(body, operand);
  } else if (!IsNullOrConstant(body, operand)) {
    body.scope.AddCast(kNone, unit.signatures.OfCallable(to));
    if (from->isPointerType()) {
      Relation(body).Untyped(from->getPointeeType(), Direction::kForward);
    }
  }
  return true;
}

void PointerCast(Body& body, const clang::CastExpr* conversion) {
  const Expr* operand = conversion->getSubExpr();
  QualType from = operand->getType()->getPointeeType();
  QualType to = conversion->getType()->getPointeeType();
  Relation relation(body);
  if (IsUntyped(from) && !IsUntyped(to)) {
    const auto* call = dyn_cast<clang::CallExpr>(operand->IgnoreParenCasts());
    if (call != nullptr && IsAllocation(call->getDirectCallee())) return;
    relation.Typed(to, Direction::kForward);
  } else if (IsUntyped(to)) {
    if (!IsUntyped(from)) relation.Untyped(from, Direction::kForward);
  } else {
    // What lies behind can be read and written through both pointers.
    relation.Contents(from, to, Direction::kBoth);
  }
}

bool IsNullPointer(Body& body, const Expr* expression) {
  return expression->IgnoreParenImpCasts()->isNullPointerConstant(
             body.unit.ast, Expr::NPC_ValueDependentIsNotNull) !=
         Expr::NPCK_NotNull;
}

}  // namespace

void RecordCast(Body& body, const clang::CastExpr* conversion) {
  if (body.exempt.contains(conversion)) return;
  const Expr* operand = conversion->getSubExpr();
  QualType to = conversion->getType();
  switch (conversion->getCastKind()) {
    case clang::CK_BitCast:
    case clang::CK_AddressSpaceConversion:
    case clang::CK_BaseToDerivedMemberPointer:
    case clang::CK_DerivedToBaseMemberPointer:
    case clang::CK_ReinterpretMemberPointer:
      if (FunctionCast(body, operand, to)) return;
      if (operand->getType()->isAnyPointerType() && to->isAnyPointerType() &&
          !IsNullPointer(body, operand)) {
        PointerCast(body, conversion);
      }
      return;
    case clang::CK_LValueBitCast:
    case clang::CK_LValueToRValueBitCast: {
      Relation(body).Contents(operand->getType(), to, Direction::kBoth);
      return;
    }
    case clang::CK_PointerToIntegral: {
      if (FunctionCast(body, operand, to)) return;
      if (!operand->getType()->isAnyPointerType()) return;
      QualType pointee = operand->getType()->getPointeeType();
      Relation relation(body);
      relation.Untyped(pointee, Direction::kForward);
      relation.ToKernel(pointee);
      return;
    }
    case clang::CK_IntegralToPointer:
      if (FunctionCast(body, operand, to)) return;
      if (!IsNullOrConstant(body, operand)) {
        Relation(body).Typed(to->getPointeeType(), Direction::kForward);
      }
      return;
    case clang::CK_ToUnion:
      if (const RecordDecl* record = LaidOutRecord(to)) {
        RecordUnionUse(body, record);
      }
      return;
    default:
      return;
  }
}

void RecordVariadicArgument(Body& body, const Expr* argument) {
  QualType type = argument->getType();
  if (CalledType(type) != nullptr && !type->isFunctionType()) {
    FunctionEscapes(body, argument);
    return;
  }
  if (!type->isAnyPointerType() || IsNullPointer(body, argument)) return;
  QualType pointee = type->getPointeeType();
  Relation relation(body);
  relation.Untyped(pointee, Direction::kForward);
  relation.ToKernel(pointee);
}

void RecordUntypedOperand(Body& body, const Expr* operand) {
  QualType type = operand->getType();
  // Assembly is often given a pointer as an integer.
  const Expr* written = operand->IgnoreParenCasts();
  if (written->getType()->isFunctionType() ||
      CalledType(written->getType()) != nullptr) {
    uint32_t value = ValueOf(body, written);
    if (!IsConstant(body.unit, value)) {
      body.scope.AddFlow(facts::SinkKind::untyped, true, kNone, 0, kNone,
                         value);
    }
    return;
  }
  Relation relation(body);
  QualType pointee = written->getType()->getPointeeType();
  if (pointee.isNull()) pointee = type->getPointeeType();
  if (!pointee.isNull() && IsUntyped(pointee)) {
    relation.ToKernel(pointee);
    return;
  }
  const RecordDecl* record =
      pointee.isNull() ? LaidOutRecord(type) : LaidOutRecord(pointee);
  if (record != nullptr) {
    relation.Convert(RecordUse::to_kernel, record);
    relation.Convert(RecordUse::copied_raw, record);
  }
}

void RecordOperandOfCall(Body& body, const Expr* operand) {
  QualType type = operand->IgnoreParenCasts()->getType();
  bool address = body.unit.ast.getTypeSize(type) >=
                 body.unit.ast.getTypeSize(body.unit.ast.VoidPtrTy);
  if ((type->isIntegerType() && address) ||
      (type->isAnyPointerType() && IsUntyped(type->getPointeeType()))) {
    body.scope.AddConversion(RecordUse::to_assembly, kNone);
  }
}

void RecordUntypedSource(Body& body, QualType type) {
  if (CalledType(type) != nullptr) {
    body.scope.AddCast(kNone, body.unit.signatures.OfCallable(type));
  } else if (type->isAnyPointerType()) {
    Relation(body).Typed(type->getPointeeType(), Direction::kForward);
  }
}

void RecordUnionUse(Body& body, const RecordDecl* record) {
  if (!HasLayout(record) || !body.unit.records.HoldsTracked(record)) return;
  if (std::distance(record->field_begin(), record->field_end()) < 2) return;
  UnitTables& unit = body.unit;
  Relation relation(body);
  uint32_t index = unit.records.Of(record);
  relation.Convert(RecordUse::copied_raw, record);
  bool functions = unit.records.HoldsFunctions(record);
  bool other = false;
  for (const clang::FieldDecl* field : record->fields()) {
    if (const RecordDecl* nested = LaidOutRecord(field->getType())) {
      relation.Convert(RecordUse::copied_raw, nested);
      if (unit.records.HoldsTracked(nested)) {
        body.scope.AddConversion(RecordUse::reinterpreted, index,
                                 unit.records.Of(nested));
      }
      // An array of records repeats its fields at other offsets.
      other |= field->getType()->isArrayType();
    } else if (TrackedContent(unit.ast, field->getType()) ==
                   Tracked::kFunction &&
               !field->getType()->isArrayType()) {
      continue;
    } else {
      other = true;
    }
  }
  if (!functions) return;
  // Bytes of another type may overlap the function pointers.
  if (other) {
    relation.OpenFunctions(record);
  }
  for (const auto& field : unit.builder.unit().records[index]->fields) {
    for (const auto& peer : unit.builder.unit().records[index]->fields) {
      if (field->signature != kNone && peer->signature != kNone) {
        body.scope.AddCast(field->signature, peer->signature);
      }
    }
  }
}

}  // namespace chestnut::frontend
