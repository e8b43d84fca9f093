#include "frontend/implicit.h"

#include "clang/AST/Attr.h"
#include "frontend/calls.h"

namespace chestnut::frontend {

void RecordImplicit(Body& body, const Node& node) {
  if (node.variable == nullptr) return;
  if (const auto* cleanup = node.variable->getAttr<clang::CleanupAttr>()) {
    RecordImplicitCall(body, cleanup->getFunctionDecl(),
                       {body.unit.builder.Unknown("pointer")},
                       node.variable->getLocation());
  }
}

void RecordFunctionImplicit(Body& body) {}

void RecordDestruction(Body& body, clang::QualType type,
                       clang::SourceLocation location) {}

void RecordExitDestruction(Body& body, const clang::VarDecl* variable) {}

}  // namespace chestnut::frontend
