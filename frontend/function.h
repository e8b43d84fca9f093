// Facts of a function definition.
#ifndef CHESTNUT_FRONTEND_FUNCTION_H_
#define CHESTNUT_FRONTEND_FUNCTION_H_

#include <cstdint>

#include "clang/AST/Decl.h"
#include "frontend/body.h"

namespace chestnut::frontend {

// Adds the function to the unit.
void CollectFunction(UnitTables& unit, const clang::FunctionDecl* definition,
                     uint32_t symbol);

// Runs all passes over body.nodes.
void CollectNodes(Body& body);

// Adds a function that no declaration stands for, with what `scope` holds.
void AddMadeFunction(UnitTables& unit, uint32_t symbol, Scope& scope);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_FUNCTION_H_
