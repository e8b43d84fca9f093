// The state shared by the passes over one function body or one initialiser.
#ifndef CHESTNUT_FRONTEND_BODY_H_
#define CHESTNUT_FRONTEND_BODY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "clang/AST/ASTContext.h"
#include "clang/AST/Decl.h"
#include "clang/AST/Expr.h"
#include "facts/builder.h"
#include "frontend/names.h"
#include "frontend/places.h"
#include "frontend/records.h"
#include "frontend/scope.h"
#include "frontend/signatures.h"
#include "frontend/symbols.h"
#include "frontend/walk.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/ADT/StringMap.h"

namespace chestnut::frontend {

// The tables of the unit under construction.
struct UnitTables {
  UnitTables(clang::ASTContext& ast, facts::FactsBuilder& builder,
             std::string working_folder,
             std::vector<std::string> header_folders, bool common)
      : ast(ast),
        builder(builder),
        places(ast.getSourceManager(), builder, std::move(working_folder),
               std::move(header_folders)),
        signatures(ast, builder, places),
        records(ast, builder, signatures),
        names(ast),
        symbols(ast, builder, names, common) {}

  clang::ASTContext& ast;
  facts::FactsBuilder& builder;
  Places places;
  Signatures signatures;
  Records records;
  Names names;
  Symbols symbols;
  // Number of nodes below each value, to bound expressions.
  std::vector<uint32_t> value_sizes;
  // Thread-local variables that are accessed through a wrapper function, or
  // have an initialiser that must run.
  llvm::SetVector<const clang::VarDecl*> thread_variables;
  llvm::StringMap<uint32_t> thunks;
  bool needs_exception_bundle = false;
};

// How a body uses one of its local variables or parameters.
struct VariableUse {
  // Assignments, the initialiser included; a change in place counts twice, as
  // it can't be replaced by a value.
  unsigned writes = 0;
  // What is assigned if writes is 1.
  const clang::Expr* value = nullptr;
  // The address is taken other than for a direct load or store.
  bool opened = false;
  uint32_t local = facts::kNone;
  // The value is being computed: a cycle of single assignments.
  bool busy = false;
  uint32_t known = facts::kNone;
};

struct Body {
  Body(UnitTables& unit, const clang::FunctionDecl* function)
      : unit(unit), function(function) {}

  UnitTables& unit;
  // Null in the initialiser of a data object.
  const clang::FunctionDecl* function;
  Scope scope;
  std::vector<Node> nodes;
  llvm::DenseMap<const clang::VarDecl*, VariableUse> variables;
  // Expressions that denote a place or function whose parent uses it directly:
  // loads, stores, calls.
  llvm::SmallPtrSet<const clang::Expr*, 32> consumed;
  // Calls numbered by the first pass, so that values may speak of them.
  llvm::DenseMap<const clang::Expr*, uint32_t> calls;
  // Casts to and from untyped memory that convert nothing: results of
  // allocations, arguments of free.
  llvm::SmallPtrSet<const clang::Expr*, 8> exempt;
  // Destructors and run-time helpers that are recorded already: one entry says
  // all.
  llvm::SmallPtrSet<const clang::Decl*, 4> destroyed;
  llvm::SmallSet<uint32_t, 8> helpers;
};

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_BODY_H_
