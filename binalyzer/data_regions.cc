#include "binalyzer/data_regions.h"

#include <elf.h>

#include <algorithm>
#include <cstdint>
#include <tuple>

#include "absl/strings/match.h"

namespace chestnut::binalyzer {
namespace {

bool IsGot(absl::string_view name) {
  return name == ".got" || absl::StartsWith(name, ".got.");
}

// What the loader, the unwinder or nobody reads at run time.
bool IsLoaderTable(const ImageSection& section) {
  switch (section.type) {
    case SHT_SYMTAB:
    case SHT_STRTAB:
    case SHT_RELA:
    case SHT_RELR:
    case SHT_HASH:
    case SHT_DYNAMIC:
    case SHT_NOTE:
    case SHT_DYNSYM:
    case SHT_INIT_ARRAY:
    case SHT_FINI_ARRAY:
    case SHT_PREINIT_ARRAY:
    case SHT_GNU_HASH:
    case SHT_GNU_verdef:
    case SHT_GNU_verneed:
    case SHT_GNU_versym:
      return true;
    default:
      return section.name == ".interp" ||
             absl::StartsWith(section.name, ".eh_frame") ||
             absl::StartsWith(section.name, ".gcc_except_table");
  }
}

class RegionFinder {
 public:
  RegionFinder(const Image& image, const FunctionTable& functions)
      : image_(image), functions_(functions) {}

  std::vector<DataRegion> Find(absl::Span<const AddressRange> got) {
    FindHoles(got);
    auto hole = holes_.begin();
    for (const ImageSegment& segment : image_.segments()) {
      // Placeholders hold nothing.
      if (segment.name == ".extern") continue;
      while (hole != holes_.end() && hole->end <= segment.address) ++hole;
      uint64_t begin = segment.address;
      // The last hole may reach into the next segment.
      for (auto it = hole; it != holes_.end() && it->begin < segment.end();
           ++it) {
        if (it->begin > begin) AddPiece({begin, it->begin}, segment);
        begin = std::min(it->end, segment.end());
      }
      if (begin < segment.end()) AddPiece({begin, segment.end()}, segment);
    }
    return std::move(regions_);
  }

 private:
  // Sorted and disjoint.
  void FindHoles(absl::Span<const AddressRange> got) {
    std::vector<AddressRange> all(functions_.code().begin(),
                                  functions_.code().end());
    all.insert(all.end(), got.begin(), got.end());
    for (const ImageSection& section : image_.sections()) {
      if (IsLoaderTable(section)) all.push_back(section.range);
    }
    AddUnwindTables(&all);
    std::sort(all.begin(), all.end(),
              [](const AddressRange& a, const AddressRange& b) {
                return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
              });
    for (const AddressRange& range : all) {
      if (!holes_.empty() && range.begin <= holes_.back().end) {
        holes_.back().end = std::max(holes_.back().end, range.end);
      } else {
        holes_.push_back(range);
      }
    }
  }

  // Their offsets would look like a table of all functions.
  void AddUnwindTables(std::vector<AddressRange>* holes) const {
    if (!image_.eh_frame_header().empty()) {
      holes->push_back(image_.eh_frame_header());
    }
    AddressRange records = {UINT64_MAX, 0};
    for (const FrameEntry& frame : functions_.frames()) {
      records.begin = std::min(records.begin, frame.record);
      // Length, common part, begin: the smallest there is.
      records.end = std::max(records.end, frame.record + 16);
    }
    if (records.begin < records.end) holes->push_back(records);
  }

  // Splits a piece of a segment at its sections.
  void AddPiece(AddressRange range, const ImageSegment& segment) {
    const auto sections = image_.sections();
    auto it = std::upper_bound(
        sections.begin(), sections.end(), range.begin,
        [](uint64_t a, const ImageSection& s) { return a < s.range.begin; });
    if (it != sections.begin()) --it;
    uint64_t begin = range.begin;
    for (; it != sections.end() && it->range.begin < range.end; ++it) {
      const AddressRange inside = {std::max(begin, it->range.begin),
                                   std::min(it->range.end, range.end)};
      if (inside.begin >= inside.end) continue;
      if (begin < inside.begin) AddRegion({begin, inside.begin}, segment, "");
      AddRegion(inside, segment, it->name);
      begin = inside.end;
    }
    if (begin < range.end) AddRegion({begin, range.end}, segment, "");
  }

  void AddRegion(AddressRange range, const ImageSegment& segment,
                 absl::string_view section) {
    if (section.empty()) section = segment.name;
    regions_.push_back({range, &segment, section});
  }

  const Image& image_;
  const FunctionTable& functions_;
  std::vector<AddressRange> holes_;
  std::vector<DataRegion> regions_;
};

}  // namespace

std::vector<AddressRange> FindGot(const Image& image) {
  std::vector<AddressRange> got;
  for (const ImageSection& section : image.sections()) {
    if (IsGot(section.name)) got.push_back(section.range);
  }
  // The synthetic one of objects.
  for (const ImageSegment& segment : image.segments()) {
    if (IsGot(segment.name)) got.push_back({segment.address, segment.end()});
  }
  if (!got.empty() || !image.sections().empty()) return got;
  // No other data has relocations of these types.
  AddressRange slots = {UINT64_MAX, 0};
  for (const ImageRelocation& relocation : image.relocations()) {
    switch (relocation.kind) {
      case RelocationKind::kGlobDat:
      case RelocationKind::kJumpSlot:
      case RelocationKind::kThreadModule:
      case RelocationKind::kThreadOffset:
        slots.begin = std::min(slots.begin, relocation.address);
        slots.end = std::max(slots.end, relocation.address + 8);
        break;
      default:
        break;
    }
  }
  if (slots.begin < slots.end) got.push_back(slots);
  return got;
}

std::vector<DataRegion> FindDataRegions(const Image& image,
                                        const FunctionTable& functions,
                                        absl::Span<const AddressRange> got) {
  return RegionFinder(image, functions).Find(got);
}

}  // namespace chestnut::binalyzer
