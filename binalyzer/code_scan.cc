#include "binalyzer/code_scan.h"

#include <algorithm>
#include <cstring>

namespace chestnut::binalyzer {

std::vector<uint64_t> FindSyscallBytes(absl::string_view code, uint64_t begin,
                                       uint64_t end) {
  std::vector<uint64_t> result;
  end = std::min<uint64_t>(end, code.size());
  for (uint64_t i = begin; i + 1 < end; ++i) {
    const auto first = static_cast<uint8_t>(code[i]);
    const auto second = static_cast<uint8_t>(code[i + 1]);
    if ((first == 0x0f && (second == 0x05 || second == 0x34)) ||
        (first == 0xcd && second == 0x80)) {
      result.push_back(i);
    }
  }
  return result;
}

std::vector<uint64_t> FindIndirectCallBytes(absl::string_view code) {
  std::vector<uint64_t> result;
  for (uint64_t i = 0; i + 1 < code.size(); ++i) {
    if (static_cast<uint8_t>(code[i]) != 0xff) continue;
    // Group 5 of the SDM's opcode map: /2 and /3 call, /4 and /5 jump.
    const int extension = static_cast<uint8_t>(code[i + 1]) >> 3 & 7;
    if (extension >= 2 && extension <= 5) result.push_back(i);
  }
  return result;
}

std::optional<uint64_t> RelativeTarget(absl::string_view code,
                                       uint64_t offset) {
  if (offset + 4 > code.size()) return std::nullopt;
  int32_t displacement;
  std::memcpy(&displacement, code.data() + offset, sizeof(displacement));
  const int64_t target =
      static_cast<int64_t>(offset) + 4 + static_cast<int64_t>(displacement);
  if (target < 0 || target >= static_cast<int64_t>(code.size())) {
    return std::nullopt;
  }
  return static_cast<uint64_t>(target);
}

}  // namespace chestnut::binalyzer
