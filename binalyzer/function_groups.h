// Which ranges of code are one function: compilers move unlikely parts away
// (`.cold`), and hand-written code is cut by symbols.
#ifndef CHESTNUT_BINALYZER_FUNCTION_GROUPS_H_
#define CHESTNUT_BINALYZER_FUNCTION_GROUPS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "binalyzer/functions.h"
#include "binalyzer/reference_scan.h"

namespace chestnut::binalyzer {

// A jump or a way on from one range into another.
struct RangeJump {
  uint32_t from = 0;  // indices of functions
  uint32_t to = 0;
};

// `group[i]` is the range that range i belongs to as a part; itself for most. A
// range joins the only group that jumps to it unless it is anything else's
// business, too: `standalone[i]` for those with a name, or called, or referred
// to from data, from outside, or by their address.
std::vector<uint32_t> GroupRanges(uint32_t count,
                                  const std::vector<bool>& standalone,
                                  absl::Span<const RangeJump> jumps);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_FUNCTION_GROUPS_H_
