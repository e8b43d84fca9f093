#ifndef CHESTNUT_CALLGRAPH_MODULE_MAIN_H_
#define CHESTNUT_CALLGRAPH_MODULE_MAIN_H_

#include <vector>

#include "callgraph/link.h"

// Where a program without source has its main: its entry point hands it to
// libc.
namespace chestnut::callgraph {

struct ModuleMain {
  // Empty: not found. Several: the address is one of them.
  std::vector<FunctionId> main;
  std::vector<FunctionId> start_main;  // __libc_start_main
  // What runs after main instead of what called it: of a program whose main is
  // behind a wrapper that ends with exit (runtime/runtime.c).
  std::vector<FunctionId> after_main;
  FunctionId wrapper = kNone;
};

// Looks for calls of __libc_start_main in the module's code. Nothing is found
// if of one of them it is not known what it passes. `wrapped`: it passes a
// wrapper, and main is whose result that gives to exit; where that is not seen,
// the wrapper itself.
ModuleMain FindMain(const Program& program, UnitId executable, bool wrapped);

// The function that goes on when main returns to `start_main`, or to what that
// calls it through.
FunctionId GoesOnAfterMain(const Program& program, FunctionId start_main);

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_MODULE_MAIN_H_
