#include "binalyzer/jump_tables.h"

#include <algorithm>
#include <optional>

namespace chestnut::binalyzer {
namespace {

// No compiler makes larger ones.
constexpr uint64_t kMaxEntries = 1 << 16;

class TableReader {
 public:
  TableReader(const Image& image, const FunctionTable& functions,
              absl::Span<const uint64_t> referenced)
      : image_(image), functions_(functions), referenced_(referenced) {}

  void Read(uint64_t table, std::vector<uint64_t>* targets) {
    const ImageSegment* segment = image_.SegmentAt(table);
    if (segment == nullptr || functions_.IsCode(table)) return;
    const uint64_t end = EndOf(table, segment->end());
    if (!segment->writable) {
      ReadOffsets(table, end, targets);
    }
    if (image_.kind() != ImageKind::kShared) {
      ReadAddresses(table, end, targets);
    }
  }

 private:
  uint64_t EndOf(uint64_t table, uint64_t limit) const {
    auto next = std::upper_bound(referenced_.begin(), referenced_.end(), table);
    if (next != referenced_.end()) limit = std::min(limit, *next);
    return limit;
  }

  void ReadOffsets(uint64_t table, uint64_t end,
                   std::vector<uint64_t>* targets) const {
    for (uint64_t i = 0; i < kMaxEntries; ++i) {
      const uint64_t place = table + 4 * i;
      if (place + 4 > end) return;
      const std::optional<uint32_t> word = image_.Word32At(place);
      if (!word.has_value()) return;
      const uint64_t target =
          table + static_cast<uint64_t>(
                      static_cast<int64_t>(static_cast<int32_t>(*word)));
      if (functions_.IndexAt(target) < 0) return;
      targets->push_back(target);
    }
  }

  void ReadAddresses(uint64_t table, uint64_t end,
                     std::vector<uint64_t>* targets) const {
    for (uint64_t i = 0; i < kMaxEntries; ++i) {
      const uint64_t place = table + 8 * i;
      if (place + 8 > end) return;
      const std::optional<uint64_t> word = image_.Word64At(place);
      if (!word.has_value() || functions_.IndexAt(*word) < 0) return;
      targets->push_back(*word);
    }
  }

  const Image& image_;
  const FunctionTable& functions_;
  absl::Span<const uint64_t> referenced_;
};

}  // namespace

std::vector<uint64_t> FindJumpTargets(const Image& image,
                                      const FunctionTable& functions,
                                      const RangeScan& scan,
                                      absl::Span<const uint64_t> referenced) {
  std::vector<uint64_t> targets;
  if (!scan.has_indirect_jump) return targets;
  TableReader reader(image, functions, referenced);
  for (const CodeReference& reference : scan.references) {
    switch (reference.kind) {
      case ReferenceKind::kAddress:
      case ReferenceKind::kAddressOrNumber:
      case ReferenceKind::kJumpThrough:
        reader.Read(reference.address, &targets);
        break;
      default:
        break;
    }
  }
  std::sort(targets.begin(), targets.end());
  targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
  return targets;
}

}  // namespace chestnut::binalyzer
