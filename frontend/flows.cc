#include "frontend/flows.h"

#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/Stmt.h"
#include "frontend/asm.h"
#include "frontend/conversions.h"
#include "frontend/types.h"
#include "frontend/values.h"

namespace chestnut::frontend {
namespace {

using clang::Expr;
using clang::FieldDecl;
using llvm::dyn_cast;

const clang::InitListExpr* Semantic(const clang::InitListExpr* list) {
  return !list->isSemanticForm() && list->getSemanticForm() != nullptr
             ? list->getSemanticForm()
             : list;
}

void InitializeField(Body& body, const FieldDecl* field, const Expr* init) {
  if (init == nullptr || field->isUnnamedBitField()) return;
  Initialize(body, StorageOfField(body, field), field->getType(), init);
}

// Bases come first in an aggregate's list; they are records of their own.
void RecordFields(Body& body, const clang::RecordDecl* record,
                  llvm::ArrayRef<Expr*> inits, const FieldDecl* active) {
  if (record == nullptr || !HasLayout(record)) return;
  if (record->isUnion()) {
    RecordUnionUse(body, record);
    if (active != nullptr && !inits.empty()) {
      InitializeField(body, active, inits[0]);
    }
    return;
  }
  size_t next = 0;
  if (const auto* derived = dyn_cast<clang::CXXRecordDecl>(record)) {
    next = derived->getNumBases();
  }
  for (const FieldDecl* field : record->fields()) {
    if (field->isUnnamedBitField()) continue;
    if (next >= inits.size()) return;
    InitializeField(body, field, inits[next++]);
  }
}

void Assignment(Body& body, const clang::BinaryOperator* binary) {
  const Expr* place = binary->getLHS();
  clang::QualType type = place->getType();
  if (TrackedContent(body.unit.ast, type) == Tracked::kNo) return;
  // A choice of places (C++) was opened; a store to either is a store to
  // memory.
  Store(body, StorageOf(body, place), type, ValueOf(body, binary->getRHS()));
}

// `x |= e` keeps to a bounded set of values; other changes in place do not.
void CompoundAssignment(Body& body,
                        const clang::CompoundAssignOperator* binary) {
  const Expr* place = binary->getLHS();
  if (TrackedContent(body.unit.ast, place->getType()) != Tracked::kInteger) {
    return;
  }
  Storage storage = StorageOf(body, place);
  facts::Operator operation =
      binary->getOpcode() == clang::BO_OrAssign    ? facts::Operator::bit_or
      : binary->getOpcode() == clang::BO_AndAssign ? facts::Operator::bit_and
                                                   : facts::Operator::none;
  uint32_t value;
  if (operation == facts::Operator::none ||
      storage.kind == StorageKind::kMemory) {
    value = UnknownAt(body, "changed in place", binary);
  } else {
    uint32_t before = Load(body, storage, place->getType(), binary);
    uint32_t operand = ValueOf(body, binary->getRHS());
    value = body.unit.builder.AddValue(
        facts::Value(facts::ValueKind::binary, operation,
                     IntegerWidth(body.unit.ast, place->getType()),
                     place->getType()->isSignedIntegerOrEnumerationType(),
                     before, operand, 0));
  }
  Store(body, storage, place->getType(), value);
}

void Return(Body& body, const Expr* value) {
  if (value == nullptr || body.function == nullptr) return;
  clang::QualType type = body.function->getReturnType();
  Tracked tracked = TrackedContent(body.unit.ast, type);
  if (tracked == Tracked::kNo) return;
  uint32_t result = ValueOf(body, value);
  if (tracked == Tracked::kFunction && IsConstant(body.unit, result)) return;
  body.scope.AddFlow(facts::SinkKind::result, tracked == Tracked::kFunction,
                     facts::kNone, 0, facts::kNone, result);
}

void Captures(Body& body, const clang::LambdaExpr* lambda) {
  auto field = lambda->getLambdaClass()->field_begin();
  for (const Expr* init : lambda->capture_inits()) {
    InitializeField(body, *field++, init);
  }
}

void AssemblyOutputs(Body& body, const clang::GCCAsmStmt* assembly) {
  for (unsigned i = 0; i < assembly->getNumOutputs(); ++i) {
    const Expr* place = assembly->getOutputExpr(i);
    clang::QualType type = place->getType();
    Tracked tracked = TrackedContent(body.unit.ast, type);
    if (tracked == Tracked::kNo) continue;
    if (assembly->getOutputConstraint(i) == "+r" && IsBarrier(assembly)) {
      continue;
    }
    uint32_t value =
        tracked == Tracked::kFunction
            ? body.unit.builder.Memory(body.unit.signatures.OfCallable(type))
            : UnknownAt(body, "result of inline assembly", place);
    RecordUntypedSource(body, type);
    Store(body, StorageOf(body, place), type, value);
  }
}

void Expression(Body& body, const Expr* expression) {
  if (const auto* conversion = dyn_cast<clang::CastExpr>(expression)) {
    RecordCast(body, conversion);
  } else if (const auto* compound =
                 dyn_cast<clang::CompoundAssignOperator>(expression)) {
    CompoundAssignment(body, compound);
  } else if (const auto* binary = dyn_cast<clang::BinaryOperator>(expression)) {
    if (binary->getOpcode() == clang::BO_Assign) Assignment(body, binary);
  } else if (const auto* unary = dyn_cast<clang::UnaryOperator>(expression)) {
    if (unary->isIncrementDecrementOp() &&
        unary->getType()->isIntegralOrEnumerationType()) {
      Store(body, StorageOf(body, unary->getSubExpr()), unary->getType(),
            UnknownAt(body, "changed in place", unary));
    }
  } else if (const auto* list = dyn_cast<clang::InitListExpr>(expression)) {
    list = Semantic(list);
    // The elements of an array have lists of their own.
    if (list->getType()->isArrayType()) return;
    RecordFields(body, LaidOutRecord(list->getType()), list->inits(),
                 list->getInitializedFieldInUnion());
  } else if (const auto* parens =
                 dyn_cast<clang::CXXParenListInitExpr>(expression)) {
    if (parens->getType()->isArrayType()) return;
    RecordFields(
        body, LaidOutRecord(parens->getType()),
        const_cast<clang::CXXParenListInitExpr*>(parens)->getInitExprs(),
        parens->getInitializedFieldInUnion());
  } else if (const auto* member = dyn_cast<clang::MemberExpr>(expression)) {
    if (const auto* field = dyn_cast<FieldDecl>(member->getMemberDecl());
        field != nullptr && field->getParent()->isUnion()) {
      RecordUnionUse(body, field->getParent()->getDefinition());
    }
  } else if (const auto* lambda = dyn_cast<clang::LambdaExpr>(expression)) {
    Captures(body, lambda);
  } else if (const auto* variadic = dyn_cast<clang::VAArgExpr>(expression)) {
    RecordUntypedSource(body, variadic->getType());
  } else if (const auto* made = dyn_cast<clang::CXXNewExpr>(expression)) {
    // What a pointer leads to is memory.
    if (const Expr* init = made->getInitializer()) {
      Initialize(body, Storage(), made->getAllocatedType(), init);
    }
  }
}

}  // namespace

void Initialize(Body& body, const Storage& storage, clang::QualType type,
                const Expr* init) {
  if (init == nullptr) return;
  const Expr* plain = Unwrap(init);
  if (type->isArrayType()) {
    auto element = [&](const Expr* value) {
      clang::QualType inner =
          body.unit.ast.getAsArrayType(type)->getElementType();
      Initialize(body, storage, inner, value);
    };
    if (const auto* list = dyn_cast<clang::InitListExpr>(plain)) {
      list = Semantic(list);
      for (const Expr* value : list->inits()) element(value);
      element(list->getArrayFiller());
    } else if (const auto* parens =
                   dyn_cast<clang::CXXParenListInitExpr>(plain)) {
      for (const Expr* value : parens->getInitExprs()) element(value);
    } else if (const auto* literal =
                   dyn_cast<clang::CompoundLiteralExpr>(plain)) {
      Initialize(body, storage, type, literal->getInitializer());
    } else if (const auto* update =
                   dyn_cast<clang::DesignatedInitUpdateExpr>(plain)) {
      Initialize(body, storage, type, update->getBase());
      Initialize(body, storage, type, update->getUpdater());
    } else if (!llvm::isa<clang::ImplicitValueInitExpr, clang::NoInitExpr,
                          clang::StringLiteral, clang::ArrayInitLoopExpr>(
                   plain) &&
               TrackedContent(body.unit.ast, type) == Tracked::kFunction) {
      Store(body, storage, type,
            body.unit.builder.Memory(body.unit.signatures.OfCallable(type)));
    }
    return;
  }
  if (type->isReferenceType() && !type->isFunctionReferenceType()) return;
  if (TrackedContent(body.unit.ast, type) == Tracked::kNo) return;
  // What an initialiser leaves out is zero.
  if (llvm::isa<clang::NoInitExpr>(plain)) return;
  Store(body, storage, type, ValueOf(body, init));
}

void RecordFlows(Body& body, const Node& node) {
  if (const clang::VarDecl* variable = node.variable) {
    if (!variable->hasGlobalStorage()) {
      Initialize(body, StorageOfVariable(body, variable), variable->getType(),
                 variable->getInit());
    }
  } else if (const auto* expression = dyn_cast<Expr>(node.statement)) {
    Expression(body, expression);
  } else if (const auto* leave = dyn_cast<clang::ReturnStmt>(node.statement)) {
    Return(body, leave->getRetValue());
  } else if (const auto* assembly =
                 dyn_cast<clang::GCCAsmStmt>(node.statement)) {
    AssemblyOutputs(body, assembly);
  }
}

void RecordConstructorInitializers(Body& body) {
  const auto* made =
      llvm::dyn_cast_or_null<clang::CXXConstructorDecl>(body.function);
  if (made == nullptr) return;
  for (const clang::CXXCtorInitializer* init : made->inits()) {
    const FieldDecl* field = init->getAnyMember();
    if (field == nullptr) continue;
    InitializeField(body, field, init->getInit());
    if (field->getParent()->isUnion()) {
      RecordUnionUse(body, field->getParent()->getDefinition());
    }
  }
}

}  // namespace chestnut::frontend
