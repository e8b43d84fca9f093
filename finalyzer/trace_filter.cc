#include "finalyzer/trace_filter.h"

#include <algorithm>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policy/bpf.h"
#include "policy/bpf_evaluator.h"

namespace chestnut::finalyzer {
namespace {

using policy::Filter;
using policy::Instruction;

// rt_sigreturn, exit, restart_syscall, exit_group, uretprobe, uprobe.
constexpr uint32_t kNeverAsked[] = {15, 60, 219, 231, 335, 336};
constexpr uint8_t kCount = std::size(kNeverAsked);

}  // namespace

bool IsNeverAsked(int number) {
  return std::find(std::begin(kNeverAsked), std::end(kNeverAsked),
                   static_cast<uint32_t>(number)) != std::end(kNeverAsked);
}

absl::StatusOr<Filter> TraceFilter(const Filter& filter) {
  Filter result = {
      {policy::kLoad, 0, 0, policy::kArchitectureOffset},
      // Another architecture: to the filter itself.
      {policy::kJumpEqual, 0, kCount + 2, policy::kArchitectureX86_64},
      {policy::kLoad, 0, 0, policy::kNumberOffset}};
  for (uint8_t i = 0; i < kCount; ++i) {
    const auto to_allow = static_cast<uint8_t>(kCount - 1 - i);
    const bool is_last = i + 1 == kCount;
    result.push_back({policy::kJumpEqual, to_allow,
                      static_cast<uint8_t>(is_last ? 1 : 0), kNeverAsked[i]});
  }
  result.push_back({policy::kReturn, 0, 0, policy::kReturnAllow});
  for (Instruction instruction : filter) {
    if (instruction.code == policy::kReturn &&
        instruction.k == policy::kReturnAllow) {
      instruction.k = policy::kReturnUserNotification;
    }
    result.push_back(instruction);
  }
  if (absl::Status status = policy::CheckFilter(result); !status.ok()) {
    return absl::InternalError(status.message());
  }
  return result;
}

}  // namespace chestnut::finalyzer
