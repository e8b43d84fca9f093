// Reads of tables with an index that cannot be negative.
#ifndef CHESTNUT_BINALYZER_FORWARD_READS_H_
#define CHESTNUT_BINALYZER_FORWARD_READS_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "binalyzer/decode.h"
#include "binalyzer/image.h"

namespace chestnut::binalyzer {

// Whether the address that `instructions[at]` makes (lea) serves one purpose:
// the next instruction reads at or behind it and overwrites it. Then it is no
// pointer to the end of what lies before.
//
// The index is known to be no negative number by the instructions in front: one
// that clears its upper half, or a comparison with a bound after which larger
// ones (unsigned) are elsewhere. That holds only if control does not come to
// these instructions but through the first of them, whose address this returns;
// 0 if it is not so.
uint64_t GuardOfForwardRead(const Image& image,
                            absl::Span<const Instruction> instructions,
                            size_t at);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_FORWARD_READS_H_
