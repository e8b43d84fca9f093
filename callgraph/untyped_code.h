// Machine code that calls and changes what it finds in memory.
#ifndef CHESTNUT_CALLGRAPH_UNTYPED_CODE_H_
#define CHESTNUT_CALLGRAPH_UNTYPED_CODE_H_

#include "callgraph/link.h"
#include "facts/reader.h"

namespace chestnut::callgraph {

// Whether the unit is of machine code that may call any function whose address
// lies in memory, and change any field: every linked module, and an object with
// an indirect call to elsewhere than a parameter or functions that the facts
// name, or with writes through pointers. Those who hand a function over as a
// parameter register it themselves.
bool UsesWhatItFinds(const facts::UnitView& unit);

// Whether a function of an object that does not is machine code that calls none
// of its parameters and hands none on: all that it calls takes none. (System
// calls with handlers among their arguments are handlers.h's business, and its
// result can be anything.)
bool KeepsArguments(const Program& program, FunctionId function);

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_UNTYPED_CODE_H_
