#include "frontend/uses.h"

#include "clang/AST/Attr.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/Builtins.h"
#include "clang/Basic/TargetInfo.h"
#include "frontend/calls.h"
#include "frontend/storage.h"
#include "frontend/types.h"
#include "frontend/values.h"
#include "llvm/ADT/StringSet.h"

namespace chestnut::frontend {
namespace {

using clang::Expr;
using clang::VarDecl;
using llvm::dyn_cast;

class UseCollector {
 public:
  explicit UseCollector(Body& body) : body_(body) {}

  void Collect(const Node& node) {
    if (node.variable != nullptr) {
      Declared(node.variable);
    } else if (const auto* expression = dyn_cast<Expr>(node.statement)) {
      if (IsCall(body_, expression)) {
        body_.calls.try_emplace(expression, body_.scope.ReserveCall());
      }
      Parent(expression);
      Denoted(expression);
      Referred(expression);
    } else if (const auto* assembly =
                   dyn_cast<clang::GCCAsmStmt>(node.statement)) {
      Assembly(assembly);
    }
  }

 private:
  // The parent uses what `lvalue` denotes directly. A load may look through
  // expressions that choose between places.
  void Consume(const Expr* lvalue, bool load) {
    lvalue = lvalue->IgnoreParens();
    body_.consumed.insert(lvalue);
    if (const auto* element = dyn_cast<clang::ArraySubscriptExpr>(lvalue)) {
      const auto* decay = dyn_cast<clang::CastExpr>(element->getBase());
      if (decay != nullptr &&
          decay->getCastKind() == clang::CK_ArrayToPointerDecay) {
        Consume(decay->getSubExpr(), load);
      }
    } else if (const auto* unary = dyn_cast<clang::UnaryOperator>(lvalue)) {
      if (unary->getOpcode() == clang::UO_Extension) {
        Consume(unary->getSubExpr(), load);
      }
    } else if (const auto* conversion = dyn_cast<clang::CastExpr>(lvalue)) {
      if (conversion->getCastKind() == clang::CK_NoOp) {
        Consume(conversion->getSubExpr(), load);
      }
    } else if (const auto* opaque = dyn_cast<clang::OpaqueValueExpr>(lvalue)) {
      if (opaque->getSourceExpr() != nullptr && load) {
        Consume(opaque->getSourceExpr(), load);
      }
    } else if (!load) {
      return;
    } else if (const auto* choice =
                   dyn_cast<clang::ConditionalOperator>(lvalue)) {
      Consume(choice->getTrueExpr(), load);
      Consume(choice->getFalseExpr(), load);
    } else if (const auto* binary = dyn_cast<clang::BinaryOperator>(lvalue)) {
      if (binary->getOpcode() == clang::BO_Comma) {
        Consume(binary->getRHS(), load);
      }
    }
  }

  void Written(const Expr* lvalue, unsigned writes, const Expr* value) {
    Consume(lvalue, false);
    if (const VarDecl* variable = NamedLocal(lvalue)) {
      VariableUse& use = body_.variables[variable];
      use.writes += writes;
      use.value = value;
    }
  }

  void Declared(const VarDecl* variable) {
    if (variable->hasGlobalStorage() || variable->getInit() == nullptr) return;
    VariableUse& use = body_.variables[variable];
    use.writes += 1;
    use.value = variable->getInit();
  }

  // A direct callee takes no address.
  void Callee(const clang::CallExpr* call) {
    const Expr* callee = call->getCallee()->IgnoreParens();
    while (true) {
      const auto* unary = dyn_cast<clang::UnaryOperator>(callee);
      if (const auto* conversion = dyn_cast<clang::ImplicitCastExpr>(callee)) {
        callee = conversion->getSubExpr()->IgnoreParens();
      } else if (unary != nullptr && (callee->getType()->isFunctionType() ||
                                      unary->getOpcode() == clang::UO_AddrOf)) {
        callee = unary->getSubExpr()->IgnoreParens();
      } else {
        break;
      }
    }
    if (llvm::isa<clang::DeclRefExpr, clang::MemberExpr>(callee) &&
        (callee->getType()->isFunctionType() ||
         callee->getType()->isSpecificBuiltinType(
             clang::BuiltinType::BoundMember) ||
         callee->getType()->isSpecificBuiltinType(
             clang::BuiltinType::BuiltinFn))) {
      body_.consumed.insert(callee);
    }
  }

  void ExemptArguments(const clang::CallExpr* call);

  void Parent(const Expr* expression) {
    if (const auto* conversion = dyn_cast<clang::CastExpr>(expression)) {
      if (conversion->getCastKind() == clang::CK_LValueToRValue ||
          conversion->getCastKind() == clang::CK_ToVoid) {
        Consume(conversion->getSubExpr(), true);
      }
    } else if (const auto* binary =
                   dyn_cast<clang::BinaryOperator>(expression)) {
      if (binary->getOpcode() == clang::BO_Assign) {
        Written(binary->getLHS(), 1, binary->getRHS());
      } else if (binary->isCompoundAssignmentOp()) {
        Written(binary->getLHS(), 2, nullptr);
      }
    } else if (const auto* unary = dyn_cast<clang::UnaryOperator>(expression)) {
      if (unary->isIncrementDecrementOp()) {
        Written(unary->getSubExpr(), 2, nullptr);
      }
    } else if (const auto* call = dyn_cast<clang::CallExpr>(expression)) {
      Callee(call);
      // va_start names the last parameter and leaves it alone.
      if (call->getBuiltinCallee() == clang::Builtin::BI__builtin_va_start &&
          call->getNumArgs() == 2) {
        Consume(call->getArg(1), false);
      }
      ExemptArguments(call);
    }
  }

  // An expression that denotes a place or a function.
  void Denoted(const Expr* expression) {
    if (body_.consumed.contains(expression)) return;
    if (const auto* name = dyn_cast<clang::DeclRefExpr>(expression)) {
      if (const auto* function =
              dyn_cast<clang::FunctionDecl>(name->getDecl())) {
        Taken(function);
        return;
      }
      if (const auto* field = dyn_cast<clang::FieldDecl>(name->getDecl())) {
        // A pointer to a data member.
        OpenStorage(body_, StorageOfField(body_, field), field->getType());
        return;
      }
      if (llvm::isa<VarDecl, clang::BindingDecl>(name->getDecl())) {
        OpenStorage(body_, StorageOf(body_, name), name->getDecl()->getType());
      }
    } else if (const auto* member = dyn_cast<clang::MemberExpr>(expression)) {
      if (const auto* function =
              dyn_cast<clang::FunctionDecl>(member->getMemberDecl())) {
        Taken(function);
        return;
      }
      OpenStorage(body_, StorageOf(body_, member),
                  member->getMemberDecl()->getType());
    }
  }

  // Uses of a constant's value only leave nothing of its object.
  void Referred(const Expr* expression) {
    const clang::ValueDecl* declaration = nullptr;
    clang::NonOdrUseReason reason = clang::NOUR_None;
    if (const auto* name = dyn_cast<clang::DeclRefExpr>(expression)) {
      declaration = name->getDecl();
      reason = name->isNonOdrUse();
    } else if (const auto* member = dyn_cast<clang::MemberExpr>(expression)) {
      declaration = member->getMemberDecl();
      reason = member->isNonOdrUse();
    }
    const auto* variable = llvm::dyn_cast_or_null<VarDecl>(declaration);
    if (variable == nullptr || !variable->hasGlobalStorage()) return;
    // An element of a constant array at a variable index needs the array, and
    // what a constant pointer leads to is found through it.
    if (reason == clang::NOUR_Unevaluated ||
        (reason == clang::NOUR_Constant &&
         (variable->getType()->isArithmeticType() ||
          variable->getType()->isEnumeralType()))) {
      return;
    }
    body_.scope.Refer(body_.unit.symbols.Variable(variable));
  }

  void Taken(const clang::FunctionDecl* function) {
    if (function->isImmediateFunction()) return;
    const auto* method = dyn_cast<clang::CXXMethodDecl>(function);
    if (method != nullptr && method->isVirtual()) {
      body_.scope.TakeMethod(
          body_.unit.builder.String(body_.unit.names.Function(method)));
      return;
    }
    body_.scope.TakeAddress(body_.unit.symbols.Function(function));
  }

  void Assembly(const clang::GCCAsmStmt* assembly) {
    const clang::TargetInfo& target = body_.unit.ast.getTargetInfo();
    for (unsigned i = 0; i < assembly->getNumOutputs(); ++i) {
      clang::TargetInfo::ConstraintInfo info(assembly->getOutputConstraint(i),
                                             assembly->getOutputName(i));
      target.validateOutputConstraint(info);
      // An operand in memory is an address given away.
      if (info.allowsMemory() && !info.allowsRegister()) continue;
      Written(assembly->getOutputExpr(i), 2, nullptr);
    }
  }

  Body& body_;
};

void UseCollector::ExemptArguments(const clang::CallExpr* call) {
  const clang::FunctionDecl* callee = call->getDirectCallee();
  if (callee == nullptr || callee->getIdentifier() == nullptr) return;
  // These read or give back bytes, and keep nothing.
  static const llvm::StringSet<> kHarmless = {
      "free", "cfree", "realloc", "memcmp", "bcmp", "reallocarray"};
  llvm::StringRef name = StripBuiltin(callee->getName());
  bool same = false;
  if ((name == "memcpy" || name == "memmove" || name == "__memcpy_chk" ||
       name == "__memmove_chk" || name == "mempcpy") &&
      call->getNumArgs() >= 3) {
    auto pointee = [&](unsigned i) {
      return call->getArg(i)
          ->IgnoreParenImpCasts()
          ->getType()
          ->getPointeeType();
    };
    const clang::RecordDecl* to = LaidOutRecord(pointee(0));
    same = to != nullptr && to == LaidOutRecord(pointee(1));
  } else if ((name == "memset" || name == "__memset_chk") &&
             call->getNumArgs() >= 3) {
    clang::Expr::EvalResult filling;
    same = call->getArg(1)->EvaluateAsInt(filling, body_.unit.ast) &&
           filling.Val.getInt() == 0;
  } else if (name == "bzero") {
    same = true;
  }
  if (!same && !kHarmless.contains(name)) return;
  for (const Expr* argument : call->arguments()) {
    while (const auto* conversion =
               dyn_cast<clang::CastExpr>(argument->IgnoreParens())) {
      body_.exempt.insert(conversion);
      argument = conversion->getSubExpr();
    }
  }
}

}  // namespace

bool IsAllocation(const clang::FunctionDecl* function) {
  if (function == nullptr) return false;
  if (function->hasAttr<clang::RestrictAttr>() ||
      function->hasAttr<clang::AllocSizeAttr>()) {
    return true;
  }
  if (function->getIdentifier() == nullptr) return false;
  static const llvm::StringSet<> kAllocations = {
      "malloc",        "calloc",        "realloc",          "alloca",
      "aligned_alloc", "memalign",      "valloc",           "reallocarray",
      "pvalloc",       "__libc_malloc", "alloca_with_align"};
  return kAllocations.contains(StripBuiltin(function->getName()));
}

const VarDecl* NamedLocal(const Expr* lvalue) {
  const auto* name = dyn_cast<clang::DeclRefExpr>(lvalue->IgnoreParens());
  if (name == nullptr || name->refersToEnclosingVariableOrCapture()) {
    return nullptr;
  }
  const auto* variable = dyn_cast<VarDecl>(name->getDecl());
  if (variable == nullptr || variable->hasGlobalStorage() ||
      variable->getType()->isReferenceType()) {
    return nullptr;
  }
  return variable;
}

void CollectUses(Body& body) {
  UseCollector collector(body);
  for (const Node& node : body.nodes) collector.Collect(node);
}

}  // namespace chestnut::frontend
