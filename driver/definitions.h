// Holds the functions of a linked program against the facts of its units.
#ifndef CHESTNUT_DRIVER_DEFINITIONS_H_
#define CHESTNUT_DRIVER_DEFINITIONS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "binalyzer/elf.h"
#include "callgraph/analysis.h"
#include "facts/reader.h"

namespace chestnut::driver {

// FailedPrecondition, naming the symbol, if facts refer to a function that no
// facts define and that `program` has nevertheless: the linker made it. Weak
// references count, too, as the compiler's own helpers (`__cxa_throw`) are
// such. `undefined` are the strong ones that the call graph found.
absl::Status CheckDefinitions(
    const std::vector<facts::UnitView>& units,
    const std::vector<callgraph::UndefinedSymbol>& undefined,
    const binalyzer::ElfFile& program);

// FailedPrecondition if the linker is told to give one of the functions of the
// facts another address: whoever calls it gets something else then.
absl::Status CheckAssigned(const std::vector<facts::UnitView>& units,
                           const std::vector<std::string>& assigned);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_DEFINITIONS_H_
