// .gcc_except_table: call sites with their landing pads, actions, types.
#include <algorithm>
#include <tuple>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "binalyzer/dwarf_cursor.h"
#include "binalyzer/eh_frame.h"

namespace chestnut::binalyzer {
namespace {

class LanguageDataReader {
 public:
  LanguageDataReader(const Image& image, const FrameEntry& entry)
      : image_(image), entry_(entry) {}

  // False: broken.
  bool Read() {
    DwarfCursor cursor(image_, entry_.language_data,
                       image_.BytesFrom(entry_.language_data));
    uint64_t base = entry_.range.begin;
    const auto base_encoding = cursor.Read<uint8_t>();
    if (base_encoding != kEncodingOmit) {
      const auto pointer = cursor.ReadPointer(base_encoding, GotBase());
      base = ResolvePointer(image_, base_encoding, pointer).address;
    }
    type_encoding_ = cursor.Read<uint8_t>();
    if (type_encoding_ != kEncodingOmit) {
      const uint64_t offset = cursor.ReadUleb();
      if (offset > cursor.remaining()) return false;
      types_end_ = cursor.address() + offset;
    }
    const auto site_encoding = cursor.Read<uint8_t>();
    DwarfCursor sites = cursor.Sub(cursor.ReadUleb());
    if (!cursor.ok()) return false;
    actions_ = cursor.address();
    return ReadSites(site_encoding, base, sites) && ReadTypes();
  }

  LanguageData Take() {
    auto& pads = data_.landing_pads;
    std::sort(pads.begin(), pads.end());
    pads.erase(std::unique(pads.begin(), pads.end()), pads.end());
    auto key = [](const Image::Pointer& p) {
      return std::tuple(p.address, p.symbol);
    };
    auto& types = data_.types;
    std::sort(types.begin(), types.end(),
              [&](const auto& a, const auto& b) { return key(a) < key(b); });
    types.erase(std::unique(types.begin(), types.end(),
                            [&](auto& a, auto& b) { return key(a) == key(b); }),
                types.end());
    return std::move(data_);
  }

 private:
  uint64_t GotBase() const { return image_.dynamic().got_plt; }

  bool ReadSites(uint8_t encoding, uint64_t base, DwarfCursor sites) {
    while (!sites.AtEnd()) {
      sites.ReadValue(encoding);  // begin
      sites.ReadValue(encoding);  // length
      const uint64_t pad = sites.ReadValue(encoding);
      const uint64_t action = sites.ReadUleb();
      if (!sites.ok()) return false;
      if (pad == 0) continue;
      if (image_.SegmentAt(base + pad) == nullptr) return false;
      data_.landing_pads.push_back(base + pad);
      if (action != 0 && !FollowActions(action - 1)) return false;
    }
    return true;
  }

  // A chain of (filter, offset of the next). Filters above 0 count types back
  // from the end of the type table; those below 0 index lists of such filters
  // behind it (exception specifications).
  bool FollowActions(uint64_t offset) {
    uint64_t at = actions_ + offset;
    // Chains share their ends, and a hostile one may be a circle.
    while (seen_.insert(at).second) {
      DwarfCursor cursor(image_, at, image_.BytesFrom(at));
      const int64_t filter = cursor.ReadSleb();
      const uint64_t next = cursor.address();
      const int64_t step = cursor.ReadSleb();
      if (!cursor.ok()) return false;
      if (filter > 0) {
        most_types_ = std::max(most_types_, static_cast<uint64_t>(filter));
      } else if (filter < 0 && !ReadSpecification(filter)) {
        return false;
      }
      if (step == 0) break;
      at = next + static_cast<uint64_t>(step);
    }
    return true;
  }

  bool ReadSpecification(int64_t filter) {
    if (type_encoding_ == kEncodingOmit) return false;
    const uint64_t at = types_end_ + (-static_cast<uint64_t>(filter) - 1);
    if (!seen_.insert(at).second) return true;
    DwarfCursor cursor(image_, at, image_.BytesFrom(at));
    while (const uint64_t index = cursor.ReadUleb()) {
      most_types_ = std::max(most_types_, index);
    }
    return cursor.ok();
  }

  // The table grows down from types_end_. All up to the largest index in use.
  bool ReadTypes() {
    if (most_types_ == 0) return true;
    const uint64_t size = EncodedSize(type_encoding_);
    if (type_encoding_ == kEncodingOmit || size == 0 ||
        most_types_ > (types_end_ - actions_) / size) {
      return false;
    }
    for (uint64_t i = 1; i <= most_types_; ++i) {
      const uint64_t at = types_end_ - i * size;
      DwarfCursor cursor(image_, at, image_.BytesFrom(at).substr(0, size));
      const auto pointer = cursor.ReadPointer(type_encoding_, GotBase());
      if (!cursor.ok()) return false;
      const Image::Pointer type =
          ResolvePointer(image_, type_encoding_, pointer);
      if (type.address == 0 && type.symbol == kNoSymbol) continue;
      data_.types.push_back(type);
    }
    return true;
  }

  const Image& image_;
  const FrameEntry& entry_;
  uint8_t type_encoding_ = kEncodingOmit;
  uint64_t types_end_ = 0;
  uint64_t actions_ = 0;
  uint64_t most_types_ = 0;
  absl::flat_hash_set<uint64_t> seen_;
  LanguageData data_;
};

}  // namespace

absl::StatusOr<LanguageData> ReadLanguageData(const Image& image,
                                              const FrameEntry& entry) {
  if (entry.language_data == 0) return LanguageData{};
  LanguageDataReader reader(image, entry);
  if (reader.Read()) return reader.Take();
  return absl::InvalidArgumentError(
      absl::StrCat(image.file_name(), ": broken exception table at ",
                   absl::StrFormat("%#x", entry.language_data)));
}

}  // namespace chestnut::binalyzer
