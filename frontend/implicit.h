// Calls and references that the language makes without being told: destructors,
// cleanups, constructors, memory for objects, thread-local access.
#ifndef CHESTNUT_FRONTEND_IMPLICIT_H_
#define CHESTNUT_FRONTEND_IMPLICIT_H_

#include "frontend/body.h"

namespace chestnut::frontend {

// Those of one node.
void RecordImplicit(Body& body, const Node& node);

// Destruction of an object of `type` (an array's elements), if it does
// anything. Recorded by type wherever it may happen, once a body.
void RecordDestruction(Body& body, clang::QualType type,
                       clang::SourceLocation location);

// Registers the destruction of an object with static or thread storage.
void RecordExitDestruction(Body& body, clang::QualType type, bool thread_local_,
                           clang::SourceLocation location);

// The destructor that destroying `type` runs; null if it does nothing.
const clang::CXXDestructorDecl* DestructorOf(const clang::ASTContext& ast,
                                             clang::QualType type);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_IMPLICIT_H_
