#include "binalyzer/function_groups.h"

#include <algorithm>
#include <utility>

namespace chestnut::binalyzer {
namespace {

constexpr uint32_t kNobody = 0xffffffff;
constexpr uint32_t kSeveral = 0xfffffffe;
// Ranges that would take more stay functions of their own.
constexpr int kMaxRounds = 16;

class Grouper {
 public:
  Grouper(uint32_t count, const std::vector<bool>& standalone,
          absl::Span<const RangeJump> jumps)
      : standalone_(standalone), jumps_(jumps.begin(), jumps.end()) {
    group_.resize(count);
    for (uint32_t i = 0; i < count; ++i) group_[i] = i;
  }

  // Parts may be reached from parts only, so the answer can take rounds.
  std::vector<uint32_t> Run() {
    for (int round = 0; round < kMaxRounds && Round(); ++round) {
    }
    for (uint32_t i = 0; i < group_.size(); ++i) group_[i] = Find(i);
    return std::move(group_);
  }

 private:
  uint32_t Find(uint32_t range) {
    while (group_[range] != range) {
      group_[range] = group_[group_[range]];
      range = group_[range];
    }
    return range;
  }

  bool Round() {
    std::vector<uint32_t> source(group_.size(), kNobody);
    for (const RangeJump& jump : jumps_) {
      const uint32_t from = Find(jump.from);
      const uint32_t to = Find(jump.to);
      if (from == to) continue;
      if (source[to] == kNobody) {
        source[to] = from;
      } else if (source[to] != from) {
        source[to] = kSeveral;
      }
    }
    bool changed = false;
    for (uint32_t i = 0; i < group_.size(); ++i) {
      if (group_[i] != i || standalone_[i] || source[i] == kNobody ||
          source[i] == kSeveral) {
        continue;
      }
      const uint32_t into = Find(source[i]);
      if (into == i) continue;  // the two lead to each other only
      group_[i] = into;
      changed = true;
    }
    return changed;
  }

  const std::vector<bool>& standalone_;
  std::vector<RangeJump> jumps_;
  std::vector<uint32_t> group_;
};

}  // namespace

std::vector<uint32_t> GroupRanges(uint32_t count,
                                  const std::vector<bool>& standalone,
                                  absl::Span<const RangeJump> jumps) {
  return Grouper(count, standalone, jumps).Run();
}

}  // namespace chestnut::binalyzer
