#include "frontend/objects.h"

#include <memory>
#include <utility>

#include "clang/AST/Attr.h"
#include "frontend/calls.h"
#include "frontend/constants.h"
#include "frontend/flows.h"
#include "frontend/function.h"
#include "frontend/implicit.h"
#include "frontend/storage.h"
#include "frontend/types.h"

namespace chestnut::frontend {
namespace {

void AddRoot(UnitTables& unit, facts::RootKind kind, uint32_t symbol) {
  unit.builder.unit().roots.emplace_back(kind, symbol, 0);
}

// Functions in the arrays that start-up code and exit run through.
void AddArrayRoots(UnitTables& unit, llvm::StringRef section,
                   const facts::DataObjectT& object) {
  bool first = section.starts_with(".init_array") ||
               section.starts_with(".preinit_array") ||
               section.starts_with(".ctors");
  bool last =
      section.starts_with(".fini_array") || section.starts_with(".dtors");
  if (!first && !last) return;
  AddRoot(unit, facts::RootKind::used, object.symbol);
  for (uint32_t function : object.address_taken) {
    AddRoot(unit,
            first ? facts::RootKind::constructor : facts::RootKind::destructor,
            function);
  }
}

// Runs the initialiser as part of `body`.
void AppendInitializer(Body& body, const clang::VarDecl* definition) {
  body.nodes.clear();
  Walk(body.unit.ast, definition->getInit(), body.nodes);
  CollectNodes(body);
  Initialize(body, StorageOfVariable(body, definition), definition->getType(),
             definition->getInit());
}

// One of many units with the same variable initialises it.
void RecordGuard(Body& code, const clang::VarDecl* definition) {
  if (!definition->isInline() &&
      !clang::isTemplateInstantiation(
          definition->getTemplateSpecializationKind())) {
    return;
  }
  RecordRuntimeCall(code, "__cxa_guard_acquire", definition->getLocation());
  RecordRuntimeCall(code, "__cxa_guard_release", definition->getLocation());
  RecordRuntimeCall(code, "__cxa_guard_abort", definition->getLocation());
}

}  // namespace

void AddObject(UnitTables& unit, uint32_t symbol, Scope& scope) {
  auto object = std::make_unique<facts::DataObjectT>();
  object->symbol = symbol;
  scope.Finish(*object);
  unit.builder.unit().objects.push_back(std::move(object));
}

void CollectObject(UnitTables& unit, const clang::VarDecl* definition,
                   uint32_t symbol, Initializers& initializers) {
  auto object = std::make_unique<facts::DataObjectT>();
  object->symbol = symbol;
  Body body(unit, nullptr);
  const clang::VarDecl* initialized = nullptr;
  const clang::Expr* init = definition->getAnyInitializer(initialized);
  if (init != nullptr && initialized->hasConstantInitialization()) {
    AppendInitializer(body, initialized);
    RecordConstantInitializer(body, initialized);
    init = nullptr;
  }
  // What must run for a static local, the function around it runs.
  bool dies =
      definition->needsDestruction(unit.ast) != clang::QualType::DK_none;
  if (!definition->isStaticLocal() && (init != nullptr || dies)) {
    bool thread = definition->getTLSKind() != clang::VarDecl::TLS_None;
    Body& code = thread ? initializers.thread : initializers.program;
    (thread ? initializers.has_thread : initializers.has_program) = true;
    if (thread) unit.thread_variables.insert(definition->getCanonicalDecl());
    if (init != nullptr) AppendInitializer(code, initialized);
    if (dies) {
      RecordExitDestruction(code, definition->getType(), thread,
                            definition->getLocation());
    }
    RecordGuard(code, definition);
    code.scope.Refer(symbol);
  }
  body.scope.Finish(*object);
  const clang::VarDecl* latest = definition->getMostRecentDecl();
  if (const auto* section = latest->getAttr<clang::SectionAttr>()) {
    object->section = unit.builder.String(section->getName().str());
    AddArrayRoots(unit, section->getName(), *object);
  }
  if (latest->hasAttr<clang::UsedAttr>() ||
      latest->hasAttr<clang::RetainAttr>()) {
    AddRoot(unit, facts::RootKind::used, symbol);
  }
  unit.builder.unit().objects.push_back(std::move(object));
}

}  // namespace chestnut::frontend
