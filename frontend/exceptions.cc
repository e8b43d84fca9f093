#include "frontend/exceptions.h"

#include <utility>

#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "frontend/calls.h"
#include "frontend/function.h"
#include "frontend/implicit.h"

namespace chestnut::frontend {
namespace {

using clang::QualType;
using llvm::dyn_cast;

constexpr char kTerminate[] = "__clang_call_terminate";

void Throw(Body& body, const clang::CXXThrowExpr* thrown) {
  clang::SourceLocation location = thrown->getExprLoc();
  if (thrown->getSubExpr() == nullptr) {
    RecordRuntimeCall(body, "__cxa_rethrow", location);
    return;
  }
  QualType type = thrown->getSubExpr()->getType();
  RecordRuntimeCall(body, "__cxa_allocate_exception", location);
  RecordRuntimeCall(body, "__cxa_free_exception", location);
  body.scope.Refer(body.unit.symbols.TypeInfo(type));
  facts::FactsBuilder& builder = body.unit.builder;
  std::vector<uint32_t> arguments = {builder.Unknown("pointer"),
                                     builder.Unknown("pointer")};
  if (const auto* destructor = DestructorOf(body.unit.ast, type)) {
    arguments.push_back(RecordAsPlainFunction(body, destructor));
  } else {
    arguments.push_back(builder.Constant(0));
  }
  RecordRuntimeCall(body, "__cxa_throw", location, std::move(arguments));
}

void Catch(Body& body, const clang::CXXCatchStmt* handler) {
  clang::SourceLocation location = handler->getCatchLoc();
  RecordRuntimeCall(body, "__cxa_begin_catch", location);
  RecordRuntimeCall(body, "__cxa_end_catch", location);
  RecordRuntimeCall(body, "__cxa_rethrow", location);
  QualType type = handler->getCaughtType();
  if (type.isNull()) return;
  RecordRuntimeCall(body, "__cxa_get_exception_ptr", location);
  body.scope.Refer(body.unit.symbols.TypeInfo(type.getNonReferenceType()));
}

void DynamicCast(Body& body, const clang::CXXDynamicCastExpr* conversion) {
  clang::SourceLocation location = conversion->getExprLoc();
  RecordRuntimeCall(body, "__dynamic_cast", location);
  RecordRuntimeCall(body, "__cxa_bad_cast", location);
  auto refer = [&](QualType type) {
    QualType pointee = type->getPointeeType();
    if (pointee.isNull()) pointee = type.getNonReferenceType();
    const clang::CXXRecordDecl* record = pointee->getAsCXXRecordDecl();
    if (record == nullptr || !record->hasDefinition()) return;
    body.scope.Refer(body.unit.symbols.TypeInfo(pointee));
    // A cast to a final class compares vtable pointers.
    if (record->isEffectivelyFinal() && record->isDynamicClass()) {
      body.scope.Refer(body.unit.symbols.VTable(record));
    }
  };
  refer(conversion->getSubExpr()->getType());
  refer(conversion->getTypeAsWritten());
}

void TypeId(Body& body, const clang::CXXTypeidExpr* type) {
  RecordRuntimeCall(body, "__cxa_bad_typeid", type->getExprLoc());
  QualType named = type->isTypeOperand() ? type->getTypeOperand(body.unit.ast)
                                         : type->getExprOperand()->getType();
  body.scope.Refer(body.unit.symbols.TypeInfo(named.getNonReferenceType()));
}

// Whoever resumes a coroutine continues the body of some coroutine.
void Resumption(Body& body, clang::SourceLocation location) {
  Place place = body.unit.places.Of(location);
  facts::CallT call;
  call.kind = facts::CallKind::indirect;
  call.signature = CoroutineSignature(body.unit);
  call.callee = body.unit.builder.Memory(call.signature);
  call.file = place.file;
  call.line = place.line;
  call.implicit = true;
  body.scope.AddCall(std::move(call));
}

void Coroutine(Body& body) {
  if (body.function == nullptr) return;
  // What escapes the body is given to the promise.
  RecordRuntimeCall(body, "__cxa_begin_catch", body.function->getLocation());
  RecordRuntimeCall(body, "__cxa_end_catch", body.function->getLocation());
  uint32_t self = body.unit.symbols.Function(body.function);
  body.scope.TakeAddress(self);
  body.scope.AddCast(body.unit.signatures.OfDefinition(body.function),
                     CoroutineSignature(body.unit));
}

bool ResumesCoroutine(const clang::CallExpr* call) {
  const clang::FunctionDecl* callee = call->getDirectCallee();
  if (callee == nullptr) return false;
  switch (callee->getBuiltinID()) {
    case clang::Builtin::BI__builtin_coro_resume:
    case clang::Builtin::BI__builtin_coro_destroy:
      return true;
    default:
      return false;
  }
}

}  // namespace

uint32_t CoroutineSignature(UnitTables& unit) {
  return unit.signatures.Named("(coroutine)", 1);
}

uint32_t RecordAsPlainFunction(Body& body,
                               const clang::CXXDestructorDecl* destructor) {
  uint32_t symbol = body.unit.symbols.Function(destructor);
  body.scope.TakeAddress(symbol);
  body.scope.AddCast(body.unit.signatures.OfDefinition(destructor),
                     body.unit.signatures.Named("v(*)", 1));
  return body.unit.builder.FunctionAddress(symbol);
}

void RecordExceptions(Body& body, const clang::Stmt* statement) {
  if (const auto* thrown = dyn_cast<clang::CXXThrowExpr>(statement)) {
    Throw(body, thrown);
  } else if (const auto* handler = dyn_cast<clang::CXXCatchStmt>(statement)) {
    Catch(body, handler);
  } else if (const auto* conversion =
                 dyn_cast<clang::CXXDynamicCastExpr>(statement)) {
    DynamicCast(body, conversion);
  } else if (const auto* type = dyn_cast<clang::CXXTypeidExpr>(statement)) {
    TypeId(body, type);
  } else if (llvm::isa<clang::CoroutineBodyStmt>(statement)) {
    Coroutine(body);
  } else if (const auto* suspension =
                 dyn_cast<clang::CoroutineSuspendExpr>(statement)) {
    Resumption(body, suspension->getExprLoc());
  } else if (const auto* call = dyn_cast<clang::CallExpr>(statement)) {
    if (ResumesCoroutine(call)) Resumption(body, call->getExprLoc());
  }
}

void RecordUnwinding(Body& body) {
  if (!body.unit.ast.getLangOpts().Exceptions || !body.scope.HasCalls()) {
    return;
  }
  body.unit.needs_exception_bundle = true;
  RecordRuntimeCall(body, kTerminate, clang::SourceLocation());
}

void AddExceptionBundle(UnitTables& unit) {
  uint32_t symbol = unit.symbols.Define(kTerminate, facts::Linkage::linkonce,
                                        facts::SymbolType::function);
  Body body(unit, nullptr);
  bool cxx = unit.ast.getLangOpts().CPlusPlus;
  clang::SourceLocation nowhere;
  RecordRuntimeCall(body, cxx ? "__gxx_personality_v0" : "__gcc_personality_v0",
                    nowhere);
  RecordRuntimeCall(body, "_Unwind_Resume", nowhere);
  if (cxx) {
    RecordRuntimeCall(body, "__cxa_begin_catch", nowhere);
    RecordRuntimeCall(body, "_ZSt9terminatev", nowhere);
    RecordRuntimeCall(body, "__cxa_call_unexpected", nowhere);
  } else {
    RecordRuntimeCall(body, "abort", nowhere);
  }
  AddMadeFunction(unit, symbol, body.scope);
}

}  // namespace chestnut::frontend
