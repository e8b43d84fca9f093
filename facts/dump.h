// Facts as JSON, for people and for golden tests.
#ifndef CHESTNUT_FACTS_DUMP_H_
#define CHESTNUT_FACTS_DUMP_H_

#include <string>

#include "facts/reader.h"

namespace chestnut::facts {

// The unit as indented JSON, ending in a newline. Indices are written as the
// names they stand for; values as expressions in a notation of our own, such
// as `parameter 0`, `field S+8`, `(local 1 | 0x80000)`. Tables that only serve
// others (strings, symbols nobody refers to by name) are left out unless they
// say something by themselves: symbols are listed when they are defined or
// have another name.
std::string DumpJson(const UnitView& view);

}  // namespace chestnut::facts

#endif  // CHESTNUT_FACTS_DUMP_H_
