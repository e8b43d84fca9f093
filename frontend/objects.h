// Facts of variables with static storage: what their initialisers refer to.
#ifndef CHESTNUT_FRONTEND_OBJECTS_H_
#define CHESTNUT_FRONTEND_OBJECTS_H_

#include <cstdint>

#include "clang/AST/Decl.h"
#include "frontend/body.h"

namespace chestnut::frontend {

// The code that initialises variables before main and per thread.
struct Initializers {
  explicit Initializers(UnitTables& unit)
      : program(unit, nullptr), thread(unit, nullptr) {}

  Body program;
  bool has_program = false;
  Body thread;
  bool has_thread = false;
};

// Adds the object to the unit; an initialiser that must run is appended to
// `initializers`.
void CollectObject(UnitTables& unit, const clang::VarDecl* definition,
                   uint32_t symbol, Initializers& initializers);

// Adds an object with what `scope` holds.
void AddObject(UnitTables& unit, uint32_t symbol, Scope& scope);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_OBJECTS_H_
