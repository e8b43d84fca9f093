// Where values go: assignments, initialisers, returns.
#ifndef CHESTNUT_FRONTEND_FLOWS_H_
#define CHESTNUT_FRONTEND_FLOWS_H_

#include "clang/AST/Expr.h"
#include "frontend/body.h"
#include "frontend/storage.h"

namespace chestnut::frontend {

// Flows of one node of the body.
void RecordFlows(Body& body, const Node& node);

// `init` initialises a place of `type`: follows lists into arrays; a record's
// fields are written by RecordFlows when it meets the list itself.
void Initialize(Body& body, const Storage& storage, clang::QualType type,
                const clang::Expr* init);

// The initialisers of a constructor, written or implied.
void RecordConstructorInitializers(Body& body);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_FLOWS_H_
