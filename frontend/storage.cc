#include "frontend/storage.h"

#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "frontend/types.h"
#include "frontend/values.h"

namespace chestnut::frontend {
namespace {

using clang::Expr;
using clang::VarDecl;
using facts::kNone;
using llvm::dyn_cast;

// In the body of a lambda: the closure's field that holds the variable.
Storage CaptureStorage(Body& body, const VarDecl* variable) {
  const auto* method =
      llvm::dyn_cast_or_null<clang::CXXMethodDecl>(body.function);
  if (method == nullptr || !method->getParent()->isLambda()) return {};
  llvm::DenseMap<const clang::ValueDecl*, clang::FieldDecl*> captures;
  clang::FieldDecl* self = nullptr;
  method->getParent()->getCaptureFields(captures, self);
  auto field = captures.find(variable);
  if (field == captures.end() || field->second->getType()->isReferenceType()) {
    return {};
  }
  return StorageOfField(body, field->second);
}

Storage SubscriptStorage(Body& body, const clang::ArraySubscriptExpr* element) {
  const auto* decay = dyn_cast<clang::CastExpr>(element->getBase());
  if (decay == nullptr ||
      decay->getCastKind() != clang::CK_ArrayToPointerDecay) {
    return {};
  }
  return StorageOf(body, decay->getSubExpr());
}

// A local's own index, made when it is first needed.
uint32_t LocalIndex(Body& body, const VarDecl* variable) {
  VariableUse& use = body.variables[variable];
  if (use.local != kNone) return use.local;
  uint32_t local = use.local = body.scope.NewLocal();
  bool is_function =
      TrackedContent(body.unit.ast, variable->getType()) == Tracked::kFunction;
  if (use.opened && is_function) {
    body.scope.Open(facts::OpenKind::local, local, 0,
                    body.unit.signatures.OfCallable(variable->getType()));
  }
  if (const auto* parameter = dyn_cast<clang::ParmVarDecl>(variable)) {
    uint32_t passed =
        body.unit.builder.Parameter(ParameterIndex(body.function, parameter));
    body.scope.AddFlow(facts::SinkKind::local, is_function, local, 0, kNone,
                       passed);
  }
  return local;
}

uint32_t SubstitutedValue(Body& body, const VarDecl* variable,
                          const Expr* expression) {
  VariableUse& use = body.variables[variable];
  if (use.known != kNone) return use.known;
  if (use.busy || use.value == nullptr) {
    return UnknownAt(body, "value before its first assignment", expression);
  }
  use.busy = true;
  uint32_t value = ValueOf(body, use.value);
  // The map may have moved meanwhile.
  VariableUse& again = body.variables[variable];
  again.busy = false;
  return again.known = value;
}

uint32_t LoadVariable(Body& body, const VarDecl* variable, Tracked tracked,
                      const Expr* expression) {
  const VariableUse use = body.variables[variable];
  if (use.opened && tracked == Tracked::kInteger) {
    return UnknownAt(body, "local whose address is taken", expression);
  }
  const auto* parameter = dyn_cast<clang::ParmVarDecl>(variable);
  if (parameter != nullptr) {
    if (body.function == nullptr) {
      return UnknownAt(body, "parameter", expression);
    }
    uint32_t index = ParameterIndex(body.function, parameter);
    if (index == kNone) return UnknownAt(body, "parameter", expression);
    if (use.writes == 0 && !use.opened) {
      return body.unit.builder.Parameter(index);
    }
  } else if (IsSubstituted(body, variable)) {
    return SubstitutedValue(body, variable, expression);
  }
  return body.unit.builder.Local(LocalIndex(body, variable));
}

}  // namespace

uint32_t ParameterIndex(const clang::FunctionDecl* function,
                        const clang::ParmVarDecl* parameter) {
  if (parameter->getFunctionScopeDepth() > 0 &&
      parameter->getDeclContext() != function) {
    // A parameter of a function type inside the body, or of a block.
    return kNone;
  }
  const auto* method = dyn_cast<clang::CXXMethodDecl>(function);
  bool has_this = method != nullptr && method->isImplicitObjectMemberFunction();
  return parameter->getFunctionScopeIndex() + (has_this ? 1 : 0);
}

bool IsSubstituted(Body& body, const VarDecl* variable) {
  if (llvm::isa<clang::ParmVarDecl>(variable)) return false;
  const VariableUse& use = body.variables[variable];
  return use.writes <= 1 && !use.opened && !variable->getType()->isArrayType();
}

Storage StorageOfVariable(Body& body, const VarDecl* variable) {
  Storage storage;
  if (variable->hasGlobalStorage()) {
    storage.kind = StorageKind::kGlobal;
    storage.a = body.unit.symbols.Variable(variable);
  } else {
    storage.kind = StorageKind::kVariable;
    storage.variable = variable;
  }
  // What a reference to data refers to could be anything of its type.
  if (variable->getType()->isReferenceType() &&
      !variable->getType()->isFunctionReferenceType()) {
    return {};
  }
  return storage;
}

Storage StorageOfField(Body& body, const clang::FieldDecl* field) {
  const clang::RecordDecl* record = field->getParent()->getDefinition();
  if (!HasLayout(record)) return {};
  if (field->getType()->isReferenceType() &&
      !field->getType()->isFunctionReferenceType()) {
    return {};
  }
  FieldKey key = body.unit.records.Field(field);
  Storage storage;
  storage.kind = StorageKind::kField;
  storage.a = key.record;
  storage.offset = key.offset;
  storage.shared = field->isBitField() || record->isUnion();
  return storage;
}

Storage StorageOf(Body& body, const Expr* lvalue) {
  lvalue = lvalue->IgnoreParens();
  if (const auto* name = dyn_cast<clang::DeclRefExpr>(lvalue)) {
    if (const auto* binding = dyn_cast<clang::BindingDecl>(name->getDecl())) {
      return binding->getBinding() == nullptr
                 ? Storage()
                 : StorageOf(body, binding->getBinding());
    }
    const auto* variable = dyn_cast<VarDecl>(name->getDecl());
    if (variable == nullptr) return {};
    if (name->refersToEnclosingVariableOrCapture() &&
        !variable->hasGlobalStorage()) {
      return CaptureStorage(body, variable);
    }
    return StorageOfVariable(body, variable);
  }
  if (const auto* member = dyn_cast<clang::MemberExpr>(lvalue)) {
    if (const auto* field =
            dyn_cast<clang::FieldDecl>(member->getMemberDecl())) {
      return StorageOfField(body, field);
    }
    if (const auto* variable = dyn_cast<VarDecl>(member->getMemberDecl())) {
      return StorageOfVariable(body, variable);
    }
    return {};
  }
  if (const auto* element = dyn_cast<clang::ArraySubscriptExpr>(lvalue)) {
    return SubscriptStorage(body, element);
  }
  if (const auto* conversion = dyn_cast<clang::CastExpr>(lvalue);
      conversion != nullptr && conversion->getCastKind() == clang::CK_NoOp) {
    return StorageOf(body, conversion->getSubExpr());
  }
  if (const auto* unary = dyn_cast<clang::UnaryOperator>(lvalue);
      unary != nullptr &&
      (unary->getOpcode() == clang::UO_Extension || unary->isPrefix())) {
    if (unary->isIncrementDecrementOp() ||
        unary->getOpcode() == clang::UO_Extension) {
      return StorageOf(body, unary->getSubExpr());
    }
  }
  return {};
}

uint32_t Load(Body& body, const Storage& storage, clang::QualType type,
              const Expr* expression) {
  UnitTables& unit = body.unit;
  Tracked tracked = TrackedContent(unit.ast, type);
  if (tracked == Tracked::kNo) {
    return unit.builder.Unknown(IntegerWidth(unit.ast, type) != 0
                                    ? "integer narrower than 4 bytes"
                                    : "not followed");
  }
  if (storage.shared && tracked == Tracked::kInteger) {
    return UnknownAt(body, "member of a union or bit-field", expression);
  }
  switch (storage.kind) {
    case StorageKind::kVariable:
      return LoadVariable(body, storage.variable, tracked, expression);
    case StorageKind::kGlobal:
      return unit.builder.Global(storage.a);
    case StorageKind::kField:
      return unit.builder.Field(storage.a, storage.offset);
    case StorageKind::kMemory:
      break;
  }
  if (tracked == Tracked::kFunction) {
    return unit.builder.Memory(unit.signatures.OfCallable(type));
  }
  return UnknownAt(body, "read through a pointer", expression);
}

void Store(Body& body, const Storage& storage, clang::QualType type,
           uint32_t value) {
  UnitTables& unit = body.unit;
  Tracked tracked = TrackedContent(unit.ast, type);
  if (tracked == Tracked::kNo) return;
  bool is_function = tracked == Tracked::kFunction;
  // A null pointer reaches nothing.
  if (is_function &&
      unit.builder.unit().values[value].kind() == facts::ValueKind::constant) {
    return;
  }
  if (!is_function && storage.shared) return;
  switch (storage.kind) {
    case StorageKind::kVariable:
      if (IsSubstituted(body, storage.variable)) return;
      if (!is_function && body.variables[storage.variable].opened) return;
      body.scope.AddFlow(facts::SinkKind::local, is_function,
                         LocalIndex(body, storage.variable), 0, kNone, value);
      return;
    case StorageKind::kGlobal:
      body.scope.AddFlow(facts::SinkKind::global, is_function, storage.a, 0,
                         kNone, value);
      return;
    case StorageKind::kField:
      body.scope.AddFlow(facts::SinkKind::field, is_function, storage.a,
                         storage.offset, kNone, value);
      return;
    case StorageKind::kMemory:
      // An integer's place was opened when its address was taken.
      if (!is_function) return;
      body.scope.AddFlow(facts::SinkKind::memory, true, kNone, 0,
                         unit.signatures.OfCallable(type), value);
      return;
  }
}

void OpenStorage(Body& body, const Storage& storage, clang::QualType type) {
  Tracked tracked = TrackedContent(body.unit.ast, type);
  if (tracked == Tracked::kNo) return;
  uint32_t signature = tracked == Tracked::kFunction
                           ? body.unit.signatures.OfCallable(type)
                           : kNone;
  switch (storage.kind) {
    case StorageKind::kVariable:
      body.variables[storage.variable].opened = true;
      return;
    case StorageKind::kGlobal:
      body.scope.Open(facts::OpenKind::global, storage.a, 0, signature);
      return;
    case StorageKind::kField:
      body.scope.Open(facts::OpenKind::field, storage.a, storage.offset,
                      signature);
      return;
    case StorageKind::kMemory:
      return;
  }
}

}  // namespace chestnut::frontend
