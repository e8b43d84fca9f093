// Where the indirect jumps of a function may lead, as far as tables of code
// addresses tell.
#ifndef CHESTNUT_BINALYZER_JUMP_TABLES_H_
#define CHESTNUT_BINALYZER_JUMP_TABLES_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "binalyzer/functions.h"
#include "binalyzer/image.h"
#include "binalyzer/reference_scan.h"

namespace chestnut::binalyzer {

// The code addresses in every table that the range refers to, ascending; none
// unless it has an indirect jump. Which jump uses which table is not told
// apart. Tables are of offsets of 4 bytes from their own begin or, where
// addresses are fixed by the link, of addresses of 8 bytes; they end with the
// first entry that leads to no code, or where something else begins that is
// referred to. `referenced`: all addresses that the image refers to, ascending.
std::vector<uint64_t> FindJumpTargets(const Image& image,
                                      const FunctionTable& functions,
                                      const RangeScan& scan,
                                      absl::Span<const uint64_t> referenced);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_JUMP_TABLES_H_
