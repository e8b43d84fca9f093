#include "frontend/needs.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clang/AST/Expr.h"
#include "facts/builder.h"
#include "facts/executing.h"
#include "frontend/uses.h"

namespace chestnut::frontend {
namespace {

using clang::Expr;
using llvm::dyn_cast;

// The text that a name is, as far as it is written in the program: of a
// literal, of a constant array, of both sides of a choice. A null pointer is
// the name of the program itself (dlopen(3)), as is an empty one. Whether that
// is all.
bool NamesOf(Body& body, const Expr* expression,
             std::vector<std::string>& names) {
  expression = expression->IgnoreParenCasts();
  if (const auto* text = dyn_cast<clang::StringLiteral>(expression)) {
    if (text->getCharByteWidth() != 1) return false;
    names.push_back(text->getString().split('\0').first.str());
    return true;
  }
  if (const auto* choice = dyn_cast<clang::ConditionalOperator>(expression)) {
    return NamesOf(body, choice->getTrueExpr(), names) &&
           NamesOf(body, choice->getFalseExpr(), names);
  }
  if (const auto* use = dyn_cast<clang::DeclRefExpr>(expression)) {
    const auto* variable = dyn_cast<clang::VarDecl>(use->getDecl());
    // Nobody else may define it.
    if (variable == nullptr || variable->isExternallyVisible() ||
        !variable->getType()->isConstantArrayType() ||
        !variable->getType().isConstant(body.unit.ast)) {
      return false;
    }
    const Expr* initialiser = variable->getAnyInitializer();
    return initialiser != nullptr && NamesOf(body, initialiser, names);
  }
  if (expression->isValueDependent() ||
      expression->isNullPointerConstant(
          body.unit.ast, clang::Expr::NPC_ValueDependentIsNotNull) ==
          clang::Expr::NPCK_NotNull) {
    return false;
  }
  names.emplace_back();
  return true;
}

}  // namespace

void RecordNeed(Body& body, const clang::FunctionDecl* callee,
                const clang::CallExpr* call) {
  if (callee->getIdentifier() == nullptr) return;
  llvm::StringRef name = callee->getName();
  int argument;
  if (name == "dlopen") {
    argument = 0;
  } else if (name == "dlmopen" || name == "dlsym" || name == "dlvsym") {
    argument = 1;
  } else if (const auto executing =
                 facts::FindExecutingFunction({name.data(), name.size()})) {
    argument = executing->argument;
  } else {
    return;
  }
  const Place place = body.unit.places.Of(call->getExprLoc());
  facts::FactsBuilder& builder = body.unit.builder;
  auto add = [&](uint32_t loaded) {
    auto need = std::make_unique<facts::NeedT>();
    need->function = builder.String(name.str());
    need->name = loaded;
    need->file = place.file;
    need->line = place.line;
    builder.unit().needs.push_back(std::move(need));
  };
  std::vector<std::string> names;
  if (argument < 0 || static_cast<int>(call->getNumArgs()) <= argument ||
      !NamesOf(body, call->getArg(static_cast<unsigned>(argument)), names)) {
    return add(facts::kNone);
  }
  for (const std::string& loaded : names) add(builder.String(loaded));
}

}  // namespace chestnut::frontend
