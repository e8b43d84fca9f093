#include "frontend/values.h"

#include <optional>

#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "facts/reasons.h"
#include "frontend/storage.h"
#include "frontend/types.h"

namespace chestnut::frontend {
namespace {

using clang::Expr;
using facts::kNone;
using facts::Operator;
using facts::Value;
using facts::ValueKind;
using llvm::dyn_cast;

// Larger expressions are unknown; the largest in musl and sqlite have 20 nodes.
constexpr uint32_t kMaxNodes = 64;

uint32_t SizeOf(const UnitTables& unit, uint32_t value) {
  return value < unit.value_sizes.size() && unit.value_sizes[value] != 0
             ? unit.value_sizes[value]
             : 1;
}

uint32_t Sized(Body& body, const Value& node, uint32_t size,
               const Expr* expression) {
  if (size > kMaxNodes) {
    return UnknownAt(body, "expression too large", expression);
  }
  uint32_t value = body.unit.builder.AddValue(node);
  if (value >= body.unit.value_sizes.size()) {
    body.unit.value_sizes.resize(value + 1);
  }
  body.unit.value_sizes[value] = size;
  return value;
}

uint32_t Join(Body& body, uint32_t a, uint32_t b, const Expr* expression) {
  if (a == b) return a;
  Value node(ValueKind::join, Operator::none, 8, true, std::min(a, b),
             std::max(a, b), 0);
  return Sized(body, node, 1 + SizeOf(body.unit, a) + SizeOf(body.unit, b),
               expression);
}

std::optional<int64_t> Evaluate(Body& body, const Expr* expression) {
  if (expression->isValueDependent()) return std::nullopt;
  Expr::EvalResult result;
  if (!expression->EvaluateAsInt(result, body.unit.ast)) return std::nullopt;
  const llvm::APSInt& integer = result.Val.getInt();
  if (integer.getBitWidth() > 64) return std::nullopt;
  return integer.isSigned() ? integer.getSExtValue()
                            : static_cast<int64_t>(integer.getZExtValue());
}

uint32_t ConstantOf(Body& body, int64_t constant, clang::QualType type) {
  uint8_t width = IntegerWidth(body.unit.ast, type);
  return body.unit.builder.Constant(constant, width == 0 ? 8 : width,
                                    type->isSignedIntegerOrEnumerationType());
}

uint32_t EvaluatedOrUnknown(Body& body, const Expr* expression,
                            llvm::StringRef reason) {
  if (std::optional<int64_t> constant = Evaluate(body, expression)) {
    return ConstantOf(body, *constant, expression->getType());
  }
  return UnknownAt(body, reason, expression);
}

Operator OperatorOf(clang::BinaryOperatorKind kind) {
  switch (kind) {
    case clang::BO_Or:
      return Operator::bit_or;
    case clang::BO_And:
      return Operator::bit_and;
    case clang::BO_Xor:
      return Operator::bit_xor;
    case clang::BO_Add:
      return Operator::add;
    case clang::BO_Sub:
      return Operator::subtract;
    case clang::BO_Mul:
      return Operator::multiply;
    case clang::BO_Div:
      return Operator::divide;
    case clang::BO_Rem:
      return Operator::remainder;
    case clang::BO_Shl:
      return Operator::shift_left;
    case clang::BO_Shr:
      return Operator::shift_right;
    default:
      return Operator::none;
  }
}

// Zero or one: comparisons and logical operators.
uint32_t TruthValue(Body& body, const Expr* expression) {
  if (std::optional<int64_t> constant = Evaluate(body, expression)) {
    return ConstantOf(body, *constant, expression->getType());
  }
  return Join(body, ConstantOf(body, 0, expression->getType()),
              ConstantOf(body, 1, expression->getType()), expression);
}

uint32_t BinaryNode(Body& body, Operator operation, uint32_t left,
                    uint32_t right, const Expr* expression) {
  uint8_t width = IntegerWidth(body.unit.ast, expression->getType());
  if (width < 4) return UnknownAt(body, "narrow arithmetic", expression);
  Value node(ValueKind::binary, operation, width,
             expression->getType()->isSignedIntegerOrEnumerationType(), left,
             right, 0);
  return Sized(body, node,
               1 + SizeOf(body.unit, left) + SizeOf(body.unit, right),
               expression);
}

uint32_t BinaryValue(Body& body, const clang::BinaryOperator* binary) {
  if (binary->getOpcode() == clang::BO_Assign ||
      binary->getOpcode() == clang::BO_Comma) {
    return ValueOf(body, binary->getRHS());
  }
  if (binary->isComparisonOp() || binary->isLogicalOp()) {
    return TruthValue(body, binary);
  }
  Operator operation = OperatorOf(binary->getOpcode());
  if (operation == Operator::none || binary->isCompoundAssignmentOp() ||
      TrackedContent(body.unit.ast, binary->getType()) != Tracked::kInteger) {
    return UnknownAt(body, "changed in place", binary);
  }
  // Differences of pointers are integers too.
  if (binary->getLHS()->getType()->isPointerType()) {
    return UnknownAt(body, "difference of pointers", binary);
  }
  uint32_t left = ValueOf(body, binary->getLHS());
  uint32_t right = ValueOf(body, binary->getRHS());
  if (IsConstant(body.unit, left) && IsConstant(body.unit, right)) {
    if (std::optional<int64_t> constant = Evaluate(body, binary)) {
      return ConstantOf(body, *constant, binary->getType());
    }
  }
  return BinaryNode(body, operation, left, right, binary);
}

uint32_t IntegerCast(Body& body, const clang::CastExpr* conversion) {
  const Expr* operand = conversion->getSubExpr();
  clang::QualType type = conversion->getType();
  uint8_t width = IntegerWidth(body.unit.ast, type);
  uint32_t value = ValueOf(body, operand);
  if (IsConstant(body.unit, value)) {
    if (std::optional<int64_t> constant = Evaluate(body, conversion)) {
      return ConstantOf(body, *constant, type);
    }
  }
  if (width == 0) return UnknownAt(body, "wide integer", conversion);
  bool is_signed = type->isSignedIntegerOrEnumerationType();
  uint8_t from = IntegerWidth(body.unit.ast, operand->getType());
  bool from_signed = operand->getType()->isSignedIntegerOrEnumerationType();
  if (from == width && (from_signed == is_signed || width == 8)) return value;
  // Widening keeps what the 64-bit form of the value says already.
  if (from < width && (!from_signed || (is_signed || width == 8)) &&
      from >= 4) {
    return value;
  }
  Value node(ValueKind::cast, Operator::none, width, is_signed, value, kNone,
             0);
  return Sized(body, node, 1 + SizeOf(body.unit, value), conversion);
}

// Pointers that are not called: their object, for the rooms that know what a
// function does with it.
uint32_t AddressValue(Body& body, const Expr* lvalue) {
  Storage storage = StorageOf(body, lvalue);
  if (storage.kind == StorageKind::kGlobal) {
    return body.unit.builder.ObjectAddress(storage.a);
  }
  return body.unit.builder.Unknown(facts::kPointer);
}

uint32_t CastValue(Body& body, const clang::CastExpr* conversion) {
  const Expr* operand = conversion->getSubExpr();
  switch (conversion->getCastKind()) {
    case clang::CK_LValueToRValue: {
      const Expr* place = Unwrap(operand);
      if (!llvm::isa<clang::DeclRefExpr, clang::MemberExpr,
                     clang::ArraySubscriptExpr, clang::UnaryOperator>(place)) {
        // A temporary, or the lvalue that `=`, `,` or `?:` is in C++.
        return ValueOf(body, place);
      }
      if (const auto* name = dyn_cast<clang::DeclRefExpr>(place);
          name != nullptr && name->getType().isConstQualified() &&
          name->getType()->isIntegralOrEnumerationType()) {
        if (std::optional<int64_t> constant = Evaluate(body, conversion)) {
          return ConstantOf(body, *constant, conversion->getType());
        }
      }
      return Load(body, StorageOf(body, place), conversion->getType(),
                  conversion);
    }
    case clang::CK_IntegralCast:
    case clang::CK_BooleanToSignedIntegral:
      return IntegerCast(body, conversion);
    case clang::CK_NullToPointer:
    case clang::CK_NullToMemberPointer:
      return body.unit.builder.Constant(0);
    case clang::CK_ArrayToPointerDecay:
      return AddressValue(body, operand);
    case clang::CK_IntegralToPointer:
      // Constants that stand for no function (SIG_IGN) are no targets.
      if (std::optional<int64_t> constant = Evaluate(body, operand)) {
        return body.unit.builder.Constant(*constant);
      }
      break;
    case clang::CK_NoOp:
    case clang::CK_BitCast:
    case clang::CK_FunctionToPointerDecay:
    case clang::CK_BuiltinFnToFnPtr:
    case clang::CK_ReinterpretMemberPointer:
    case clang::CK_BaseToDerivedMemberPointer:
    case clang::CK_DerivedToBaseMemberPointer:
    case clang::CK_UserDefinedConversion:
    case clang::CK_ConstructorConversion:
    case clang::CK_AtomicToNonAtomic:
    case clang::CK_NonAtomicToAtomic:
    case clang::CK_AddressSpaceConversion: {
      uint32_t value = ValueOf(body, operand);
      // What was not a function before can be any that escaped.
      if (TrackedContent(body.unit.ast, conversion->getType()) !=
              Tracked::kFunction ||
          CalledType(operand->getType()) != nullptr) {
        return value;
      }
      ValueKind kind = body.unit.builder.unit().values[value].kind();
      if (kind == ValueKind::function_address || kind == ValueKind::constant) {
        return value;
      }
      break;
    }
    case clang::CK_PointerToIntegral:
      if (std::optional<int64_t> constant = Evaluate(body, conversion)) {
        return ConstantOf(body, *constant, conversion->getType());
      }
      return body.unit.builder.Unknown(facts::kPointer);
    case clang::CK_IntegralToBoolean:
    case clang::CK_PointerToBoolean:
    case clang::CK_FloatingToBoolean:
    case clang::CK_MemberPointerToBoolean:
      return TruthValue(body, conversion);
    default:
      break;
  }
  uint32_t signature = body.unit.signatures.OfCallable(conversion->getType());
  if (signature != kNone) return body.unit.builder.Memory(signature);
  return EvaluatedOrUnknown(body, conversion, "conversion");
}

uint32_t UnaryValue(Body& body, const clang::UnaryOperator* unary) {
  const Expr* operand = unary->getSubExpr();
  switch (unary->getOpcode()) {
    case clang::UO_AddrOf: {
      const auto* name = dyn_cast<clang::DeclRefExpr>(operand->IgnoreParens());
      if (name != nullptr) {
        if (const auto* function =
                dyn_cast<clang::FunctionDecl>(name->getDecl())) {
          return FunctionValue(body, function,
                               unary->getType()->isMemberPointerType());
        }
      }
      if (operand->getType()->isFunctionType()) return ValueOf(body, operand);
      return AddressValue(body, operand);
    }
    case clang::UO_Deref:
      if (operand->getType()->isFunctionPointerType()) {
        return ValueOf(body, operand);
      }
      return Load(body, StorageOf(body, unary), unary->getType(), unary);
    case clang::UO_LNot:
      return TruthValue(body, unary);
    case clang::UO_Plus:
    case clang::UO_Extension:
      return ValueOf(body, operand);
    case clang::UO_Minus:
    case clang::UO_Not: {
      uint32_t value = ValueOf(body, operand);
      if (IsConstant(body.unit, value)) {
        return EvaluatedOrUnknown(body, unary, "arithmetic");
      }
      bool minus = unary->getOpcode() == clang::UO_Minus;
      uint32_t other = ConstantOf(body, minus ? 0 : -1, unary->getType());
      return minus ? BinaryNode(body, Operator::subtract, other, value, unary)
                   : BinaryNode(body, Operator::bit_xor, value, other, unary);
    }
    default:
      return UnknownAt(body, "changed in place", unary);
  }
}

uint32_t NameValue(Body& body, const clang::DeclRefExpr* name) {
  if (const auto* function = dyn_cast<clang::FunctionDecl>(name->getDecl())) {
    return FunctionValue(body, function, false);
  }
  if (llvm::isa<clang::EnumConstantDecl>(name->getDecl())) {
    return EvaluatedOrUnknown(body, name, "enumerator");
  }
  if (TrackedContent(body.unit.ast, name->getDecl()->getType()) ==
      Tracked::kNo) {
    return AddressValue(body, name);
  }
  return Load(body, StorageOf(body, name), name->getDecl()->getType(), name);
}

uint32_t CallValue(Body& body, const Expr* call) {
  if (const auto* plain = dyn_cast<clang::CallExpr>(call)) {
    const clang::FunctionDecl* callee = plain->getDirectCallee();
    if (callee != nullptr &&
        (callee->isConstexpr() || callee->getBuiltinID() != 0)) {
      if (std::optional<int64_t> constant = Evaluate(body, call)) {
        return ConstantOf(body, *constant, call->getType());
      }
    }
  }
  auto index = body.calls.find(call);
  if (index != body.calls.end() &&
      TrackedContent(body.unit.ast, call->getType()) != Tracked::kNo) {
    return body.unit.builder.CallResult(index->second);
  }
  uint32_t signature = body.unit.signatures.OfCallable(call->getType());
  if (signature != kNone) return body.unit.builder.Memory(signature);
  return UnknownAt(body, "result of a call", call);
}

uint32_t ChoiceValue(Body& body,
                     const clang::AbstractConditionalOperator* choice) {
  if (std::optional<int64_t> taken = Evaluate(body, choice->getCond())) {
    return ValueOf(body,
                   *taken ? choice->getTrueExpr() : choice->getFalseExpr());
  }
  uint32_t a = ValueOf(body, choice->getTrueExpr());
  uint32_t b = ValueOf(body, choice->getFalseExpr());
  return Join(body, a, b, choice);
}

}  // namespace

bool IsConstant(const UnitTables& unit, uint32_t value) {
  return unit.builder.unit().values[value].kind() == ValueKind::constant;
}

uint32_t UnknownAt(Body& body, llvm::StringRef reason, const Expr* expression) {
  Place place = body.unit.places.Of(expression->getExprLoc());
  return body.unit.builder.AddValue(
      Value(ValueKind::unknown, Operator::none, 8, true,
            body.unit.builder.String(reason.str()), place.file, place.line));
}

uint32_t FunctionValue(Body& body, const clang::FunctionDecl* function,
                       bool as_member) {
  const auto* method = dyn_cast<clang::CXXMethodDecl>(function);
  if (as_member && method != nullptr && method->isVirtual()) {
    uint32_t name = body.unit.builder.String(body.unit.names.Function(method));
    return body.unit.builder.AddValue(Value(
        ValueKind::method_address, Operator::none, 8, true, name, kNone, 0));
  }
  return body.unit.builder.FunctionAddress(
      body.unit.symbols.Function(function));
}

const Expr* Unwrap(const Expr* e) {
  while (true) {
    e = e->IgnoreParens();
    if (const auto* full = dyn_cast<clang::FullExpr>(e)) {
      e = full->getSubExpr();
    } else if (const auto* bound = dyn_cast<clang::CXXBindTemporaryExpr>(e)) {
      e = bound->getSubExpr();
    } else if (const auto* made =
                   dyn_cast<clang::MaterializeTemporaryExpr>(e)) {
      e = made->getSubExpr();
    } else if (const auto* given =
                   dyn_cast<clang::SubstNonTypeTemplateParmExpr>(e)) {
      e = given->getReplacement();
    } else if (const auto* argument = dyn_cast<clang::CXXDefaultArgExpr>(e)) {
      e = argument->getExpr();
    } else if (const auto* init = dyn_cast<clang::CXXDefaultInitExpr>(e)) {
      e = init->getExpr();
    } else if (const auto* opaque = dyn_cast<clang::OpaqueValueExpr>(e);
               opaque != nullptr && opaque->getSourceExpr() != nullptr) {
      e = opaque->getSourceExpr();
    } else if (const auto* pseudo = dyn_cast<clang::PseudoObjectExpr>(e);
               pseudo != nullptr && pseudo->getResultExpr() != nullptr) {
      e = pseudo->getResultExpr();
    } else if (const auto* rewritten =
                   dyn_cast<clang::CXXRewrittenBinaryOperator>(e)) {
      e = rewritten->getSemanticForm();
    } else if (const auto* list = dyn_cast<clang::InitListExpr>(e);
               list != nullptr && list->getNumInits() == 1 &&
               list->getType()->isScalarType()) {
      e = list->getInit(0);
    } else if (const auto* literal = dyn_cast<clang::CompoundLiteralExpr>(e);
               literal != nullptr && literal->getType()->isScalarType()) {
      e = literal->getInitializer();
    } else {
      return e;
    }
  }
}

uint32_t ValueOf(Body& body, const Expr* expression) {
  const Expr* e = Unwrap(expression);
  if (const auto* conversion = dyn_cast<clang::CastExpr>(e)) {
    return CastValue(body, conversion);
  }
  if (const auto* unary = dyn_cast<clang::UnaryOperator>(e)) {
    return UnaryValue(body, unary);
  }
  if (const auto* binary = dyn_cast<clang::BinaryOperator>(e);
      binary != nullptr && !binary->isPtrMemOp()) {
    return BinaryValue(body, binary);
  }
  if (const auto* choice = dyn_cast<clang::AbstractConditionalOperator>(e)) {
    return ChoiceValue(body, choice);
  }
  if (const auto* name = dyn_cast<clang::DeclRefExpr>(e)) {
    return NameValue(body, name);
  }
  if (llvm::isa<clang::CallExpr>(e)) return CallValue(body, e);
  if (const auto* block = dyn_cast<clang::StmtExpr>(e)) {
    const auto* last = llvm::dyn_cast_or_null<Expr>(
        block->getSubStmt()->body_empty() ? nullptr
                                          : block->getSubStmt()->body_back());
    if (last != nullptr) return ValueOf(body, last);
  }
  if (llvm::isa<clang::ImplicitValueInitExpr, clang::CXXScalarValueInitExpr,
                clang::CXXNullPtrLiteralExpr, clang::GNUNullExpr>(e)) {
    return body.unit.builder.Constant(0);
  }
  if (llvm::isa<clang::MemberExpr, clang::ArraySubscriptExpr>(e) &&
      TrackedContent(body.unit.ast, e->getType()) != Tracked::kNo) {
    return Load(body, StorageOf(body, e), e->getType(), e);
  }
  if (TrackedContent(body.unit.ast, e->getType()) == Tracked::kFunction) {
    return body.unit.builder.Memory(
        body.unit.signatures.OfCallable(e->getType()));
  }
  if (e->getType()->isIntegralOrEnumerationType()) {
    return EvaluatedOrUnknown(body, e, "expression not followed");
  }
  return body.unit.builder.Unknown(
      e->getType()->isAnyPointerType() ? "pointer" : "not followed");
}

}  // namespace chestnut::frontend
