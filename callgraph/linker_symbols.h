#ifndef CHESTNUT_CALLGRAPH_LINKER_SYMBOLS_H_
#define CHESTNUT_CALLGRAPH_LINKER_SYMBOLS_H_

#include "absl/strings/string_view.h"

// What the linker and the start files define or collect without a unit that
// says so.
namespace chestnut::callgraph {

// A symbol that the linker itself defines (ld's default scripts for x86-64, and
// the bounds of arrays that the start-up code walks). It is the address of a
// place, never a function.
bool IsLinkerDefined(absl::string_view name);

// A section of function pointers that run before main, or at exit.
bool IsStartupArray(absl::string_view section);
bool IsExitArray(absl::string_view section);

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_LINKER_SYMBOLS_H_
