#include "frontend/calls.h"

#include <utility>

#include "clang/AST/DeclCXX.h"
#include "clang/AST/ExprCXX.h"
#include "clang/Basic/Builtins.h"
#include "frontend/conversions.h"
#include "frontend/needs.h"
#include "frontend/storage.h"
#include "frontend/types.h"
#include "frontend/uses.h"
#include "frontend/values.h"

namespace chestnut::frontend {
namespace {

using clang::Expr;
using clang::FunctionDecl;
using facts::CallKind;
using llvm::dyn_cast;

facts::CallT At(Body& body, clang::SourceLocation location) {
  Place place = body.unit.places.Of(location);
  facts::CallT call;
  call.file = place.file;
  call.line = place.line;
  return call;
}

uint32_t UnknownPointer(Body& body) {
  return body.unit.builder.Unknown("pointer");
}

// Arguments that nobody can use are left out at the end.
void Trim(Body& body, std::vector<uint32_t>& arguments) {
  auto useless = [&](uint32_t value) {
    const facts::Value& node = body.unit.builder.unit().values[value];
    return node.kind() == facts::ValueKind::unknown && node.constant() == 0;
  };
  while (!arguments.empty() && useless(arguments.back())) arguments.pop_back();
}

bool InRegister(Body& body, clang::QualType type) {
  return (type->isIntegralOrEnumerationType() || type->isAnyPointerType() ||
          type->isReferenceType() || type->isNullPtrType()) &&
         body.unit.ast.getTypeSize(type) <= 64;
}

// Whether the arguments as written are those that the registers hold. A record
// that is returned may need a hidden pointer.
bool AllInRegisters(Body& body, const clang::CallExpr* call) {
  return !call->getType()->isRecordType() &&
         std::all_of(call->arg_begin(), call->arg_end(),
                     [&body](const Expr* argument) {
                       return argument->isGLValue() ||
                              InRegister(body, argument->getType());
                     });
}

void Arguments(Body& body, const clang::CallExpr* call, bool with_object,
               const clang::FunctionType* type, std::vector<uint32_t>& out) {
  const auto* prototype =
      llvm::dyn_cast_or_null<clang::FunctionProtoType>(type);
  if (with_object) out.push_back(UnknownPointer(body));
  for (unsigned i = 0; i < call->getNumArgs(); ++i) {
    const Expr* argument = call->getArg(i);
    out.push_back(ArgumentValue(body, argument));
    if (prototype != nullptr && prototype->isVariadic() &&
        i >= prototype->getNumParams() &&
        !llvm::isa<clang::CXXOperatorCallExpr>(call)) {
      RecordVariadicArgument(body, argument);
    }
  }
  Trim(body, out);
}

// The global operator new or delete that `__builtin_operator_new` and its
// twin call: the one with the same parameters.
const FunctionDecl* ReplacedOperator(Body& body, const FunctionDecl* callee,
                                     const clang::CallExpr* call) {
  clang::OverloadedOperatorKind kind;
  switch (callee->getBuiltinID()) {
    case clang::Builtin::BI__builtin_operator_new:
      kind = clang::OO_New;
      break;
    case clang::Builtin::BI__builtin_operator_delete:
      kind = clang::OO_Delete;
      break;
    default:
      return nullptr;
  }
  clang::ASTContext& ast = body.unit.ast;
  const auto* wanted = llvm::dyn_cast_or_null<clang::FunctionProtoType>(
      CalledType(call->getCallee()->getType()));
  for (const clang::NamedDecl* found : ast.getTranslationUnitDecl()->lookup(
           ast.DeclarationNames.getCXXOperatorName(kind))) {
    const auto* function = dyn_cast<FunctionDecl>(found);
    if (function == nullptr || wanted == nullptr ||
        function->getNumParams() != wanted->getNumParams()) {
      continue;
    }
    bool same = true;
    for (unsigned i = 0; i < wanted->getNumParams(); ++i) {
      same &= ast.hasSameType(function->getParamDecl(i)->getType(),
                              wanted->getParamType(i));
    }
    if (same) return function;
  }
  return nullptr;
}

// The name of the library function that a builtin may become; empty if the
// compiler always expands it.
llvm::StringRef BuiltinCallee(Body& body, const FunctionDecl* callee) {
  unsigned id = callee->getBuiltinID();
  const clang::Builtin::Context& builtins = body.unit.ast.BuiltinInfo;
  llvm::StringRef name = builtins.getName(id);
  if (builtins.isLibFunction(id)) return StripBuiltin(name);
  return "";
}

// Whether the call compiles to code of its own; then `call` describes nothing.
bool IsExpandedBuiltin(Body& body, const FunctionDecl* callee) {
  unsigned id = callee->getBuiltinID();
  const clang::Builtin::Context& builtins = body.unit.ast.BuiltinInfo;
  return id != 0 && !builtins.isPredefinedLibFunction(id) &&
         !builtins.isPredefinedRuntimeFunction(id);
}

void DirectCall(Body& body, const clang::CallExpr* call,
                const FunctionDecl* callee, uint32_t index) {
  facts::CallT out = At(body, call->getExprLoc());
  out.kind = CallKind::direct;
  if (const FunctionDecl* replaced = ReplacedOperator(body, callee, call)) {
    callee = replaced;
  }
  const auto* method = dyn_cast<clang::CXXMethodDecl>(callee);
  bool operator_call = llvm::isa<clang::CXXOperatorCallExpr>(call);
  bool with_object = method != nullptr &&
                     method->isImplicitObjectMemberFunction() && !operator_call;
  Arguments(body, call, with_object,
            callee->getType()->getAs<clang::FunctionType>(), out.arguments);
  out.in_registers = AllInRegisters(body, call);
  if (IsExpandedBuiltin(body, callee)) {
    out.symbol = body.unit.symbols.Runtime(BuiltinCallee(body, callee));
  } else {
    out.symbol = body.unit.symbols.Function(callee);
    RecordNeed(body, callee, call);
  }
  body.scope.SetCall(index, std::move(out));
}

void VirtualCall(Body& body, const clang::CallExpr* call,
                 const clang::CXXMethodDecl* method, uint32_t index,
                 bool with_object) {
  facts::CallT out = At(body, call->getExprLoc());
  out.kind = CallKind::virtual_;
  out.method = body.unit.builder.String(body.unit.names.Function(method));
  Arguments(body, call, with_object,
            method->getType()->getAs<clang::FunctionType>(), out.arguments);
  out.in_registers = AllInRegisters(body, call);
  body.scope.SetCall(index, std::move(out));
}

void IndirectCall(Body& body, const clang::CallExpr* call, uint32_t index) {
  const Expr* callee = call->getCallee()->IgnoreParens();
  facts::CallT out = At(body, call->getExprLoc());
  out.kind = CallKind::indirect;
  bool with_object = false;
  const auto* bound = dyn_cast<clang::BinaryOperator>(callee);
  if (bound != nullptr && bound->isPtrMemOp()) {
    callee = bound->getRHS();
    with_object = true;
  }
  const clang::FunctionType* type = CalledType(callee->getType());
  out.signature = body.unit.signatures.OfCallable(callee->getType());
  out.callee = ValueOf(body, callee);
  Arguments(body, call, with_object, type, out.arguments);
  out.in_registers = AllInRegisters(body, call);
  body.scope.SetCall(index, std::move(out));
}

// The virtual method that a call dispatches on, or null. A call that the
// compiler may bind to one method is no dispatch.
const clang::CXXMethodDecl* Dispatched(const clang::CallExpr* call,
                                       const clang::CXXMethodDecl* method,
                                       const FunctionDecl** bound) {
  if (!method->isVirtual()) return nullptr;
  const Expr* object = nullptr;
  bool qualified = false;
  if (const auto* member = dyn_cast<clang::CXXMemberCallExpr>(call)) {
    object = member->getImplicitObjectArgument();
    const auto* access =
        dyn_cast<clang::MemberExpr>(call->getCallee()->IgnoreParens());
    qualified = access != nullptr && access->hasQualifier();
  } else if (llvm::isa<clang::CXXOperatorCallExpr>(call)) {
    object = call->getArg(0);
  }
  if (qualified) return nullptr;
  if (object != nullptr) {
    if (const clang::CXXMethodDecl* final =
            method->getDevirtualizedMethod(object, /*IsAppleKext=*/false)) {
      *bound = final;
      return nullptr;
    }
  }
  return method;
}

}  // namespace

uint32_t ArgumentValue(Body& body, const Expr* argument) {
  clang::QualType type = argument->getType();
  if (TrackedContent(body.unit.ast, type) != Tracked::kNo ||
      type->isAnyPointerType()) {
    return ValueOf(body, argument);
  }
  if (type->isFunctionType()) return ValueOf(body, argument);
  return body.unit.builder.Unknown("not followed");
}

bool IsCall(Body& body, const Expr* expression) {
  const auto* call = dyn_cast<clang::CallExpr>(expression);
  if (call == nullptr || llvm::isa<clang::CXXPseudoDestructorExpr>(
                             call->getCallee()->IgnoreParens())) {
    return false;
  }
  const auto* callee =
      llvm::dyn_cast_or_null<FunctionDecl>(call->getCalleeDecl());
  if (callee == nullptr) return true;
  if (callee->isImmediateFunction() || IsBitwise(callee)) return false;
  return !IsExpandedBuiltin(body, callee) ||
         ReplacedOperator(body, callee, call) != nullptr ||
         !BuiltinCallee(body, callee).empty();
}

void RecordCall(Body& body, const Expr* expression) {
  const auto* call = dyn_cast<clang::CallExpr>(expression);
  if (call == nullptr) return;
  auto found = body.calls.find(call);
  if (found == body.calls.end()) return;
  uint32_t index = found->second;
  const auto* callee =
      llvm::dyn_cast_or_null<FunctionDecl>(call->getCalleeDecl());
  if (callee == nullptr) {
    IndirectCall(body, call, index);
    return;
  }
  if (const auto* method = dyn_cast<clang::CXXMethodDecl>(callee)) {
    const FunctionDecl* bound = callee;
    if (const clang::CXXMethodDecl* dispatched =
            Dispatched(call, method, &bound)) {
      VirtualCall(body, call, dispatched, index,
                  !llvm::isa<clang::CXXOperatorCallExpr>(call));
      return;
    }
    callee = bound;
  }
  DirectCall(body, call, callee, index);
}

void RecordImplicitCall(Body& body, const FunctionDecl* function,
                        std::vector<uint32_t> arguments,
                        clang::SourceLocation location) {
  facts::CallT out = At(body, location);
  out.kind = CallKind::direct;
  out.symbol = body.unit.symbols.Function(function);
  out.arguments = std::move(arguments);
  Trim(body, out.arguments);
  out.implicit = true;
  body.scope.AddCall(std::move(out));
}

void RecordVirtualCall(Body& body, const clang::CXXMethodDecl* method,
                       clang::SourceLocation location) {
  facts::CallT out = At(body, location);
  out.kind = CallKind::virtual_;
  out.method = body.unit.builder.String(body.unit.names.Function(method));
  out.implicit = true;
  body.scope.AddCall(std::move(out));
}

bool IsBitwise(const FunctionDecl* function) {
  const auto* method = dyn_cast<clang::CXXMethodDecl>(function);
  return method != nullptr && method->isTrivial() && !method->isDeleted();
}

void RecordRuntimeCall(Body& body, llvm::StringRef name,
                       clang::SourceLocation location,
                       std::vector<uint32_t> arguments) {
  uint32_t symbol = body.unit.symbols.Runtime(name);
  if (arguments.empty() && !body.helpers.insert(symbol).second) return;
  facts::CallT out = At(body, location);
  out.kind = CallKind::direct;
  out.symbol = symbol;
  out.arguments = std::move(arguments);
  out.implicit = true;
  body.scope.AddCall(std::move(out));
}

}  // namespace chestnut::frontend
