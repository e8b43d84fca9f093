#include "frontend/operators.h"

#include "frontend/calls.h"

namespace chestnut::frontend {
namespace {

using clang::Expr;
using llvm::dyn_cast;

// The letter that GCC's run-time library has for a floating point type.
char Mode(clang::QualType type) {
  switch (type->castAs<clang::BuiltinType>()->getKind()) {
    case clang::BuiltinType::Double:
      return 'd';
    case clang::BuiltinType::LongDouble:
      return 'x';
    case clang::BuiltinType::Float128:
      return 't';
    default:  // Narrower ones are widened.
      return 's';
  }
}

// Multiplication and division of complex numbers care about infinities, which
// takes a function.
void RecordComplex(Body& body, const clang::BinaryOperator* operation) {
  clang::QualType type = operation->getType();
  if (const auto* compound =
          dyn_cast<clang::CompoundAssignOperator>(operation)) {
    type = compound->getComputationResultType();
  }
  const auto* complex = type->getAs<clang::ComplexType>();
  if (complex == nullptr || !complex->getElementType()->isRealFloatingType()) {
    return;
  }
  const char* name = nullptr;
  switch (operation->getOpcode()) {
    case clang::BO_Mul:
    case clang::BO_MulAssign:
      name = "__mul";
      break;
    case clang::BO_Div:
    case clang::BO_DivAssign:
      name = "__div";
      break;
    default:
      return;
  }
  clang::QualType element =
      complex->getElementType().getCanonicalType().getUnqualifiedType();
  RecordRuntimeCall(
      body, (llvm::Twine(name) + llvm::Twine(Mode(element)) + "c3").str(),
      operation->getExprLoc());
}

// An access that an instruction may be unable to do calls the library. What
// the object alone shows (alignment) is found by the check of its relocations.
bool MayNeedLibrary(Body& body, clang::QualType type) {
  if (type->isIncompleteType() || type->isDependentType()) return false;
  int64_t size = body.unit.ast.getTypeSizeInChars(type).getQuantity();
  return size > 8 || (size & (size - 1)) != 0;
}

void RecordAtomic(Body& body, clang::SourceLocation place) {
  for (const char* name : {"__atomic_load", "__atomic_store",
                           "__atomic_exchange", "__atomic_compare_exchange"}) {
    RecordRuntimeCall(body, name, place);
  }
}

// The atomic type that an expression reads or writes, null if none.
clang::QualType AtomicAccess(const Expr* expression) {
  if (const auto* builtin = dyn_cast<clang::AtomicExpr>(expression)) {
    return builtin->getPtr()->getType()->getPointeeType();
  }
  const Expr* place = nullptr;
  if (const auto* cast = dyn_cast<clang::CastExpr>(expression)) {
    if (cast->getCastKind() == clang::CK_LValueToRValue ||
        cast->getCastKind() == clang::CK_AtomicToNonAtomic) {
      place = cast->getSubExpr();
    }
  } else if (const auto* binary = dyn_cast<clang::BinaryOperator>(expression)) {
    if (binary->isAssignmentOp()) place = binary->getLHS();
  } else if (const auto* unary = dyn_cast<clang::UnaryOperator>(expression)) {
    if (unary->isIncrementDecrementOp()) place = unary->getSubExpr();
  }
  if (place == nullptr || !place->getType()->isAtomicType()) return {};
  return place->getType();
}

}  // namespace

void RecordOperatorCalls(Body& body, const Expr* expression) {
  if (const auto* binary = dyn_cast<clang::BinaryOperator>(expression)) {
    RecordComplex(body, binary);
  }
  clang::QualType atomic = AtomicAccess(expression);
  if (!atomic.isNull() && MayNeedLibrary(body, atomic)) {
    RecordAtomic(body, expression->getExprLoc());
  }
}

}  // namespace chestnut::frontend
