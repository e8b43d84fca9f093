#include "frontend/function.h"

#include <memory>
#include <utility>

#include "clang/AST/Attr.h"
#include "clang/AST/DeclCXX.h"
#include "frontend/asm.h"
#include "frontend/calls.h"
#include "frontend/flows.h"
#include "frontend/implicit.h"
#include "frontend/members.h"
#include "frontend/operators.h"
#include "frontend/uses.h"

namespace chestnut::frontend {
namespace {

void AddFunction(UnitTables& unit, std::unique_ptr<facts::FunctionT> function,
                 Scope& scope) {
  scope.Finish(*function, unit.builder.Unknown("code that cannot run"));
  unit.builder.unit().functions.push_back(std::move(function));
}

void AddRoots(UnitTables& unit, const clang::FunctionDecl* function,
              uint32_t symbol) {
  auto add = [&](facts::RootKind kind, int priority) {
    unit.builder.unit().roots.emplace_back(kind, symbol, priority);
  };
  function = function->getMostRecentDecl();
  if (const auto* first = function->getAttr<clang::ConstructorAttr>()) {
    add(facts::RootKind::constructor, first->getPriority());
  }
  if (const auto* last = function->getAttr<clang::DestructorAttr>()) {
    add(facts::RootKind::destructor, last->getPriority());
  }
  if (function->hasAttr<clang::UsedAttr>() ||
      function->hasAttr<clang::RetainAttr>()) {
    add(facts::RootKind::used, 0);
  }
}

}  // namespace

void CollectNodes(Body& body) {
  CollectUses(body);
  for (const Node& node : body.nodes) {
    if (const auto* expression =
            llvm::dyn_cast_or_null<clang::Expr>(node.statement)) {
      RecordCall(body, expression);
      RecordOperatorCalls(body, expression);
    } else if (const auto* assembly =
                   llvm::dyn_cast_or_null<clang::GCCAsmStmt>(node.statement)) {
      RecordAssembly(body, assembly);
    }
    RecordFlows(body, node);
    RecordImplicit(body, node);
  }
}

void CollectFunction(UnitTables& unit, const clang::FunctionDecl* definition,
                     uint32_t symbol) {
  auto function = std::make_unique<facts::FunctionT>();
  function->symbol = symbol;
  function->signature = unit.signatures.OfDefinition(definition);
  Place place = unit.places.Of(definition->getLocation());
  function->file = place.file;
  function->line = place.line;

  Body body(unit, definition);
  if (const auto* made =
          llvm::dyn_cast<clang::CXXConstructorDecl>(definition)) {
    for (const clang::CXXCtorInitializer* init : made->inits()) {
      Walk(unit.ast, init->getInit(), body.nodes);
    }
  }
  for (const clang::ParmVarDecl* parameter : definition->parameters()) {
    WalkSizes(unit.ast, parameter->getOriginalType(), body.nodes);
  }
  Walk(unit.ast, definition->getBody(), body.nodes);
  CollectNodes(body);
  RecordConstructorInitializers(body);
  RecordFunctionImplicit(body);
  AddRoots(unit, definition, symbol);
  AddFunction(unit, std::move(function), body.scope);
}

void AddMadeFunction(UnitTables& unit, uint32_t symbol, Scope& scope) {
  auto function = std::make_unique<facts::FunctionT>();
  function->symbol = symbol;
  AddFunction(unit, std::move(function), scope);
}

}  // namespace chestnut::frontend
