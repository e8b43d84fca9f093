#include "frontend/walk.h"

#include <optional>

#include "clang/AST/DeclCXX.h"
#include "clang/AST/Expr.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/SmallPtrSet.h"

namespace chestnut::frontend {
namespace {

using clang::Expr;
using clang::Stmt;
using clang::VarDecl;
using llvm::cast;
using llvm::dyn_cast;

// Whether control can get into `statement` other than from its start.
bool ContainsLabel(const Stmt* statement, bool ignore_cases = false) {
  if (statement == nullptr) return false;
  if (llvm::isa<clang::LabelStmt>(statement)) return true;
  if (llvm::isa<clang::SwitchCase>(statement) && !ignore_cases) return true;
  if (llvm::isa<clang::SwitchStmt>(statement)) ignore_cases = true;
  for (const Stmt* child : statement->children()) {
    if (ContainsLabel(child, ignore_cases)) return true;
  }
  return false;
}

class Walker {
 public:
  Walker(const clang::ASTContext& ast, std::vector<Node>& out)
      : ast_(ast), out_(out) {}

  void Visit(const Stmt* statement) {
    if (statement == nullptr) return;
    if (Special(statement)) return;
    Add(statement);
    Children(statement);
  }

  void Variable(const VarDecl* variable) {
    out_.push_back({nullptr, variable});
    Type(variable->getType());
    if (variable->hasExternalStorage()) return;
    // A static local's initialiser is code of this body only if it must run.
    if (variable->isStaticLocal() && (variable->getInit() == nullptr ||
                                      variable->hasConstantInitialization())) {
      return;
    }
    Visit(variable->getInit());
    if (const auto* group = dyn_cast<clang::DecompositionDecl>(variable)) {
      for (const clang::BindingDecl* binding : group->bindings()) {
        if (const VarDecl* holder = binding->getHoldingVar()) Variable(holder);
      }
    }
  }

  // Sizes of variable length arrays are evaluated where the type is named.
  void Type(clang::QualType type) {
    if (type.isNull() || !type->isVariablyModifiedType()) return;
    while (!type.isNull()) {
      if (const auto* array = ast_.getAsVariableArrayType(type)) {
        if (sizes_.insert(array->getSizeExpr()).second) {
          Visit(array->getSizeExpr());
        }
        type = array->getElementType();
      } else if (const clang::ArrayType* fixed = ast_.getAsArrayType(type)) {
        type = fixed->getElementType();
      } else {
        type = type->getPointeeType();
      }
    }
  }

 private:
  void Add(const Stmt* statement) { out_.push_back({statement, nullptr}); }

  void Children(const Stmt* statement) {
    for (const Stmt* child : statement->children()) Visit(child);
  }

  std::optional<bool> ConstantCondition(const Expr* condition) {
    if (condition == nullptr || condition->isValueDependent()) return {};
    clang::Expr::EvalResult result;
    if (!condition->EvaluateAsInt(result, ast_)) return {};
    if (ContainsLabel(condition)) return {};
    return result.Val.getInt().getBoolValue();
  }

  // Visits the operand that runs, or both; false: both may run.
  bool OnlyOne(const Expr* condition, const Stmt* yes, const Stmt* no) {
    std::optional<bool> known = ConstantCondition(condition);
    if (!known.has_value()) return false;
    const Stmt* dead = *known ? no : yes;
    if (ContainsLabel(dead)) return false;
    // Side effects of the condition do happen.
    Visit(condition);
    Visit(*known ? yes : no);
    return true;
  }

  bool Special(const Stmt* statement);
  void If(const clang::IfStmt* branch);
  void Declarations(const clang::DeclStmt* declarations);
  bool Control(const Stmt* statement);
  bool Evaluated(const Stmt* statement);
  bool Initializer(const Stmt* statement);

  const clang::ASTContext& ast_;
  std::vector<Node>& out_;
  llvm::SmallPtrSet<const Stmt*, 4> shared_;
  llvm::SmallPtrSet<const Expr*, 2> sizes_;
};

void Walker::If(const clang::IfStmt* branch) {
  Add(branch);
  Visit(branch->getInit());
  Visit(branch->getConditionVariableDeclStmt());
  if (branch->isConsteval()) {
    Visit(branch->isNonNegatedConsteval() ? branch->getElse()
                                          : branch->getThen());
    return;
  }
  if (std::optional<const Stmt*> taken = branch->getNondiscardedCase(ast_)) {
    Visit(*taken);
    return;
  }
  if (OnlyOne(branch->getCond(), branch->getThen(), branch->getElse())) return;
  Visit(branch->getCond());
  Visit(branch->getThen());
  Visit(branch->getElse());
}

void Walker::Declarations(const clang::DeclStmt* declarations) {
  Add(declarations);
  for (const clang::Decl* declaration : declarations->decls()) {
    if (const auto* variable = dyn_cast<VarDecl>(declaration)) {
      Variable(variable);
    } else if (const auto* alias =
                   dyn_cast<clang::TypedefNameDecl>(declaration)) {
      Type(alias->getUnderlyingType());
    }
  }
}

bool Walker::Control(const Stmt* statement) {
  if (const auto* branch = dyn_cast<clang::IfStmt>(statement)) {
    If(branch);
    return true;
  }
  if (const auto* declarations = dyn_cast<clang::DeclStmt>(statement)) {
    Declarations(declarations);
    return true;
  }
  if (const auto* handler = dyn_cast<clang::CXXCatchStmt>(statement)) {
    Add(handler);
    if (handler->getExceptionDecl() != nullptr) {
      Variable(handler->getExceptionDecl());
    }
    Visit(handler->getHandlerBlock());
    return true;
  }
  if (const auto* choice = dyn_cast<clang::ConditionalOperator>(statement)) {
    Add(choice);
    if (OnlyOne(choice->getCond(), choice->getTrueExpr(),
                choice->getFalseExpr())) {
      return true;
    }
    Children(choice);
    return true;
  }
  const auto* binary = dyn_cast<clang::BinaryOperator>(statement);
  if (binary != nullptr && binary->isLogicalOp()) {
    Add(binary);
    std::optional<bool> left = ConstantCondition(binary->getLHS());
    Visit(binary->getLHS());
    bool skipped = left.has_value() &&
                   *left == (binary->getOpcode() == clang::BO_LOr) &&
                   !ContainsLabel(binary->getRHS());
    if (!skipped) Visit(binary->getRHS());
    return true;
  }
  return false;
}

// Expressions whose operands are evaluated only in part, or elsewhere.
bool Walker::Evaluated(const Stmt* statement) {
  switch (statement->getStmtClass()) {
    case Stmt::UnaryExprOrTypeTraitExprClass: {
      const auto* size = cast<clang::UnaryExprOrTypeTraitExpr>(statement);
      Add(size);
      Type(size->getTypeOfArgument());
      if (!size->isArgumentType() &&
          size->getTypeOfArgument()->isVariablyModifiedType()) {
        Visit(size->getArgumentExpr());
      }
      return true;
    }
    case Stmt::CXXNoexceptExprClass:
    case Stmt::RequiresExprClass:
    case Stmt::ConceptSpecializationExprClass:
    case Stmt::TypeTraitExprClass:
      Add(statement);
      return true;
    case Stmt::CXXTypeidExprClass: {
      const auto* type = cast<clang::CXXTypeidExpr>(statement);
      Add(type);
      if (type->isPotentiallyEvaluated()) Visit(type->getExprOperand());
      return true;
    }
    case Stmt::GenericSelectionExprClass:
      Add(statement);
      Visit(cast<clang::GenericSelectionExpr>(statement)->getResultExpr());
      return true;
    case Stmt::ChooseExprClass:
      Add(statement);
      Visit(cast<clang::ChooseExpr>(statement)->getChosenSubExpr());
      return true;
    case Stmt::LambdaExprClass:
      Add(statement);
      for (const Expr* init :
           cast<clang::LambdaExpr>(statement)->capture_inits()) {
        Visit(init);
      }
      return true;
    case Stmt::BlockExprClass:
      Add(statement);
      return true;
    case Stmt::ConstantExprClass: {
      const auto* constant = cast<clang::ConstantExpr>(statement);
      Add(constant);
      // A consteval call leaves only its result behind.
      if (!constant->isImmediateInvocation()) Visit(constant->getSubExpr());
      return true;
    }
    case Stmt::OpaqueValueExprClass: {
      const Expr* source =
          cast<clang::OpaqueValueExpr>(statement)->getSourceExpr();
      Add(statement);
      if (source != nullptr && shared_.insert(source).second) Visit(source);
      return true;
    }
    case Stmt::PseudoObjectExprClass: {
      const auto* pseudo = cast<clang::PseudoObjectExpr>(statement);
      Add(pseudo);
      for (const Expr* part : pseudo->semantics()) Visit(part);
      return true;
    }
    default:
      return false;
  }
}

bool Walker::Initializer(const Stmt* statement) {
  switch (statement->getStmtClass()) {
    case Stmt::CXXDefaultArgExprClass:
      Add(statement);
      Visit(cast<clang::CXXDefaultArgExpr>(statement)->getExpr());
      return true;
    case Stmt::CXXDefaultInitExprClass:
      Add(statement);
      Visit(cast<clang::CXXDefaultInitExpr>(statement)->getExpr());
      return true;
    case Stmt::InitListExprClass: {
      const auto* list = cast<clang::InitListExpr>(statement);
      if (!list->isSemanticForm() && list->getSemanticForm() != nullptr) {
        list = list->getSemanticForm();
      }
      Add(list);
      for (const Expr* init : list->inits()) Visit(init);
      Visit(list->getArrayFiller());
      return true;
    }
    case Stmt::CXXParenListInitExprClass: {
      const auto* list = cast<clang::CXXParenListInitExpr>(statement);
      Add(list);
      for (const Expr* init : list->getInitExprs()) Visit(init);
      Visit(list->getArrayFiller());
      return true;
    }
    default:
      return false;
  }
}

bool Walker::Special(const Stmt* statement) {
  if (Control(statement) || Evaluated(statement) || Initializer(statement)) {
    return true;
  }
  if (const auto* cast_expr = dyn_cast<clang::ExplicitCastExpr>(statement)) {
    Add(statement);
    Type(cast_expr->getTypeAsWritten());
    Children(statement);
    return true;
  }
  // Each use of a shared operand of `a ?: b` leads to it through an
  // OpaqueValueExpr; it runs once.
  if (const auto* elvis =
          dyn_cast<clang::BinaryConditionalOperator>(statement)) {
    Add(elvis);
    if (shared_.insert(elvis->getCommon()).second) Visit(elvis->getCommon());
    Visit(elvis->getCond());
    Visit(elvis->getTrueExpr());
    Visit(elvis->getFalseExpr());
    return true;
  }
  return false;
}

}  // namespace

void Walk(const clang::ASTContext& ast, const Stmt* statement,
          std::vector<Node>& out) {
  Walker(ast, out).Visit(statement);
}

void WalkVariable(const clang::ASTContext& ast, const VarDecl* variable,
                  std::vector<Node>& out) {
  Walker(ast, out).Variable(variable);
}

void WalkSizes(const clang::ASTContext& ast, clang::QualType type,
               std::vector<Node>& out) {
  Walker(ast, out).Type(type);
}

}  // namespace chestnut::frontend
