#include "frontend/implicit.h"

#include <utility>
#include <vector>

#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "frontend/calls.h"
#include "frontend/exceptions.h"
#include "frontend/types.h"
#include "frontend/values.h"

namespace chestnut::frontend {
namespace {

using clang::Expr;
using clang::QualType;
using llvm::dyn_cast;

bool HasExceptions(const Body& body) {
  return body.unit.ast.getLangOpts().Exceptions;
}

void Construction(Body& body, const clang::CXXConstructExpr* made) {
  const clang::CXXConstructorDecl* constructor = made->getConstructor();
  // An array under construction is taken down if an element throws.
  if (made->getType()->isArrayType() && HasExceptions(body)) {
    RecordDestruction(body, made->getType(), made->getLocation());
  }
  if (IsBitwise(constructor) || constructor->isImmediateFunction()) return;
  std::vector<uint32_t> arguments = {body.unit.builder.Unknown("pointer")};
  for (const Expr* argument : made->arguments()) {
    arguments.push_back(ArgumentValue(body, argument));
  }
  RecordImplicitCall(body, constructor, std::move(arguments),
                     made->getLocation());
}

void New(Body& body, const clang::CXXNewExpr* made) {
  clang::SourceLocation location = made->getExprLoc();
  if (made->getOperatorNew() != nullptr) {
    RecordImplicitCall(body, made->getOperatorNew(), {}, location);
  }
  if (made->getOperatorDelete() != nullptr && HasExceptions(body)) {
    RecordImplicitCall(body, made->getOperatorDelete(), {}, location);
  }
  if (!made->isArray()) return;
  RecordRuntimeCall(body, "__cxa_throw_bad_array_new_length", location);
  if (HasExceptions(body)) {
    RecordDestruction(body, made->getAllocatedType(), location);
  }
}

void Delete(Body& body, const clang::CXXDeleteExpr* gone) {
  clang::SourceLocation location = gone->getExprLoc();
  if (gone->getOperatorDelete() != nullptr) {
    RecordImplicitCall(body, gone->getOperatorDelete(), {}, location);
    // A destroying operator delete runs the destructor itself.
    if (gone->getOperatorDelete()->isDestroyingOperatorDelete()) return;
  }
  const clang::CXXDestructorDecl* destructor =
      DestructorOf(body.unit.ast, gone->getDestroyedType());
  if (destructor == nullptr) return;
  if (!destructor->isVirtual() || gone->isArrayForm()) {
    RecordDestruction(body, gone->getDestroyedType(), location);
    return;
  }
  if (const clang::CXXMethodDecl* bound = destructor->getDevirtualizedMethod(
          gone->getArgument(), /*IsAppleKext=*/false)) {
    RecordImplicitCall(body, bound, {}, location);
    return;
  }
  RecordVirtualCall(body, destructor, location);
}

void StaticLocal(Body& body, const clang::VarDecl* variable) {
  bool must_run =
      variable->getInit() != nullptr && !variable->hasConstantInitialization();
  bool must_die = DestructorOf(body.unit.ast, variable->getType()) != nullptr;
  if (!must_run && !must_die) return;
  clang::SourceLocation location = variable->getLocation();
  body.scope.Refer(body.unit.symbols.Variable(variable));
  RecordRuntimeCall(body, "__cxa_guard_acquire", location);
  RecordRuntimeCall(body, "__cxa_guard_release", location);
  if (HasExceptions(body)) {
    RecordRuntimeCall(body, "__cxa_guard_abort", location);
  }
  if (must_die) {
    RecordExitDestruction(body, variable->getType(),
                          variable->getTLSKind() != clang::VarDecl::TLS_None,
                          location);
  }
}

void Variable(Body& body, const clang::VarDecl* variable) {
  if (const auto* cleanup = variable->getAttr<clang::CleanupAttr>()) {
    RecordImplicitCall(body, cleanup->getFunctionDecl(),
                       {body.unit.builder.Unknown("pointer")},
                       variable->getLocation());
  }
  if (!body.unit.ast.getLangOpts().CPlusPlus) return;
  if (variable->isStaticLocal()) {
    StaticLocal(body, variable);
  } else if (variable->hasLocalStorage()) {
    RecordDestruction(body, variable->getType(), variable->getLocation());
  }
}

void Temporary(Body& body, const clang::MaterializeTemporaryExpr* made) {
  switch (made->getStorageDuration()) {
    case clang::SD_Static:
    case clang::SD_Thread:
      RecordExitDestruction(body, made->getType(),
                            made->getStorageDuration() == clang::SD_Thread,
                            made->getExprLoc());
      return;
    default:
      RecordDestruction(body, made->getType(), made->getExprLoc());
  }
}

// Parts of an aggregate are taken down if a later part throws.
void Aggregate(Body& body, const clang::InitListExpr* list) {
  if (!HasExceptions(body)) return;
  if (list->getType()->isArrayType()) {
    RecordDestruction(body, list->getType(), list->getExprLoc());
    return;
  }
  for (const Expr* init : list->inits()) {
    if (init->isPRValue()) {
      RecordDestruction(body, init->getType(), list->getExprLoc());
    }
  }
}

void Lambda(Body& body, const clang::LambdaExpr* lambda) {
  if (!HasExceptions(body)) return;
  for (const clang::FieldDecl* field : lambda->getLambdaClass()->fields()) {
    RecordDestruction(body, field->getType(), lambda->getBeginLoc());
  }
}

// Access to a variable whose thread's copy may still have to be made.
void ThreadLocal(Body& body, const Expr* expression) {
  const clang::ValueDecl* declaration = nullptr;
  if (const auto* name = dyn_cast<clang::DeclRefExpr>(expression)) {
    declaration = name->getDecl();
  } else if (const auto* member = dyn_cast<clang::MemberExpr>(expression)) {
    declaration = member->getMemberDecl();
  }
  const auto* variable = llvm::dyn_cast_or_null<clang::VarDecl>(declaration);
  if (variable == nullptr ||
      variable->getTLSKind() == clang::VarDecl::TLS_None) {
    return;
  }
  const clang::LangOptions& language = body.unit.ast.getLangOpts();
  if (language.PICLevel != 0 && !language.PIE) {
    RecordRuntimeCall(body, "__tls_get_addr", expression->getExprLoc());
  }
  if (variable->getTLSKind() != clang::VarDecl::TLS_Dynamic ||
      variable->isStaticLocal()) {
    return;
  }
  body.unit.thread_variables.insert(variable->getCanonicalDecl());
  RecordRuntimeCall(body, body.unit.names.ThreadLocalWrapper(variable),
                    expression->getExprLoc());
}

void CxxExpression(Body& body, const Expr* expression) {
  if (const auto* made = dyn_cast<clang::CXXConstructExpr>(expression)) {
    Construction(body, made);
  } else if (const auto* inherited =
                 dyn_cast<clang::CXXInheritedCtorInitExpr>(expression)) {
    RecordImplicitCall(body, inherited->getConstructor(), {},
                       inherited->getLocation());
  } else if (const auto* bound =
                 dyn_cast<clang::CXXBindTemporaryExpr>(expression)) {
    RecordDestruction(body, bound->getType(), bound->getExprLoc());
  } else if (const auto* temporary =
                 dyn_cast<clang::MaterializeTemporaryExpr>(expression)) {
    Temporary(body, temporary);
  } else if (const auto* made = dyn_cast<clang::CXXNewExpr>(expression)) {
    New(body, made);
  } else if (const auto* gone = dyn_cast<clang::CXXDeleteExpr>(expression)) {
    Delete(body, gone);
  } else if (const auto* list = dyn_cast<clang::InitListExpr>(expression)) {
    Aggregate(body, list);
  } else if (const auto* lambda = dyn_cast<clang::LambdaExpr>(expression)) {
    Lambda(body, lambda);
  }
}

}  // namespace

const clang::CXXDestructorDecl* DestructorOf(const clang::ASTContext& ast,
                                             QualType type) {
  if (type.isNull() || type->isDependentType() || type->isReferenceType()) {
    return nullptr;
  }
  const clang::CXXRecordDecl* record =
      ast.getBaseElementType(type)->getAsCXXRecordDecl();
  if (record == nullptr || !record->hasDefinition() ||
      record->hasTrivialDestructor() || record->hasIrrelevantDestructor()) {
    return nullptr;
  }
  const clang::CXXDestructorDecl* destructor = record->getDestructor();
  if (destructor == nullptr || destructor->isDeleted()) return nullptr;
  // What nothing uses is not emitted, and may not even be instantiated.
  if (!destructor->isUsed(/*CheckUsedAttr=*/false) &&
      !destructor->isDefined()) {
    return nullptr;
  }
  return destructor;
}

void RecordDestruction(Body& body, QualType type,
                       clang::SourceLocation location) {
  const clang::CXXDestructorDecl* destructor =
      DestructorOf(body.unit.ast, type);
  if (destructor == nullptr || !body.destroyed.insert(destructor).second) {
    return;
  }
  RecordImplicitCall(body, destructor, {body.unit.builder.Unknown("pointer")},
                     location);
}

void RecordExitDestruction(Body& body, QualType type, bool thread_local_,
                           clang::SourceLocation location) {
  const clang::CXXDestructorDecl* destructor =
      DestructorOf(body.unit.ast, type);
  if (destructor == nullptr) return;
  // The run-time library calls the destructor through a plain pointer.
  uint32_t function = RecordAsPlainFunction(body, destructor);
  facts::FactsBuilder& builder = body.unit.builder;
  uint32_t handle = body.unit.symbols.Named(
      "__dso_handle", facts::SymbolType::object, /*weak=*/true);
  body.scope.Refer(handle);
  RecordRuntimeCall(
      body, thread_local_ ? "__cxa_thread_atexit" : "__cxa_atexit", location,
      {function, builder.Unknown("pointer"), builder.ObjectAddress(handle)});
}

void RecordImplicit(Body& body, const Node& node) {
  if (node.variable != nullptr) {
    Variable(body, node.variable);
    return;
  }
  const auto* expression = dyn_cast<Expr>(node.statement);
  if (expression != nullptr) ThreadLocal(body, expression);
  if (!body.unit.ast.getLangOpts().CPlusPlus) return;
  if (expression != nullptr) CxxExpression(body, expression);
  RecordExceptions(body, node.statement);
}

}  // namespace chestnut::frontend
