#include "binalyzer/eh_frame.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "binalyzer/dwarf_cursor.h"

namespace chestnut::binalyzer {
namespace {

// A common information entry, as far as it concerns its FDEs.
struct CommonEntry {
  uint8_t pointer_encoding = kEncodingAbsolute;
  uint8_t language_encoding = kEncodingOmit;
  bool has_augmentation_size = false;
  bool signal_frame = false;
  Image::Pointer personality;
};

class FrameReader {
 public:
  explicit FrameReader(const Image& image) : image_(image) {}

  absl::StatusOr<std::vector<FrameEntry>> Read() {
    if (!image_.eh_frame().empty()) {
      range_ = image_.eh_frame();
    } else if (absl::Status s = ReadHeader(); !s.ok()) {
      return s;
    }
    if (absl::Status s = ReadRecords(); !s.ok()) return s;
    std::sort(entries_.begin(), entries_.end(),
              [](const FrameEntry& a, const FrameEntry& b) {
                return std::tuple(a.range.begin, a.range.end, a.record) <
                       std::tuple(b.range.begin, b.range.end, b.record);
              });
    return std::move(entries_);
  }

 private:
  absl::Status Error(absl::string_view what, uint64_t address) const {
    return absl::InvalidArgumentError(
        absl::StrCat(image_.file_name(), ": ", what, " in the unwind table at ",
                     absl::StrFormat("%#x", address)));
  }

  DwarfCursor At(uint64_t address) const {
    return DwarfCursor(image_, address, image_.BytesFrom(address));
  }

  // .eh_frame_hdr: version, three encodings, then where .eh_frame is.
  absl::Status ReadHeader() {
    const AddressRange header = image_.eh_frame_header();
    if (header.empty()) return absl::OkStatus();
    DwarfCursor cursor = At(header.begin);
    const auto version = cursor.Read<uint8_t>();
    const auto encoding = cursor.Read<uint8_t>();
    cursor.Skip(2);
    const auto pointer = cursor.ReadPointer(encoding, header.begin);
    if (!cursor.ok() || version != 1) {
      return Error("broken header", header.begin);
    }
    if (pointer.value == 0) return absl::OkStatus();
    const absl::string_view bytes = image_.BytesFrom(pointer.value);
    if (bytes.empty()) return Error("no .eh_frame", pointer.value);
    range_ = {pointer.value, pointer.value + bytes.size()};
    until_terminator_ = true;
    return absl::OkStatus();
  }

  absl::Status ReadRecords() {
    if (range_.empty()) return absl::OkStatus();
    DwarfCursor all =
        DwarfCursor(image_, range_.begin,
                    image_.BytesFrom(range_.begin).substr(0, range_.size()));
    while (!all.AtEnd()) {
      const uint64_t start = all.address();
      uint64_t length = all.Read<uint32_t>();
      if (length == 0) {
        // crtend.o ends the table; a linker may put something behind it.
        if (until_terminator_) break;
        continue;
      }
      if (length == 0xffffffff) length = all.Read<uint64_t>();
      DwarfCursor record = all.Sub(length);
      if (!all.ok()) return Error("record beyond the end", start);
      if (absl::Status s = ReadRecord(start, record); !s.ok()) return s;
    }
    return absl::OkStatus();
  }

  absl::Status ReadRecord(uint64_t start, DwarfCursor record) {
    const uint64_t id_place = record.address();
    const auto id = record.Read<uint32_t>();
    if (!record.ok()) return Error("short record", start);
    if (id == 0) return absl::OkStatus();  // a CIE, read when it is needed
    const uint64_t common_place = id_place - id;
    if (common_place < range_.begin || common_place >= id_place) {
      return Error("record without common part", start);
    }
    const CommonEntry* common = CommonAt(common_place);
    if (common == nullptr) return Error("broken common part", common_place);
    return ReadDescription(start, *common, record);
  }

  const CommonEntry* CommonAt(uint64_t address) {
    auto [it, inserted] = common_.try_emplace(address);
    if (inserted) it->second = ReadCommon(address);
    return it->second.has_value() ? &*it->second : nullptr;
  }

  std::optional<CommonEntry> ReadCommon(uint64_t address) const {
    DwarfCursor all(image_, address,
                    image_.BytesFrom(address).substr(
                        0, range_.end - std::min(address, range_.end)));
    uint64_t length = all.Read<uint32_t>();
    if (length == 0xffffffff) length = all.Read<uint64_t>();
    DwarfCursor record = all.Sub(length);
    if (!all.ok() || record.Read<uint32_t>() != 0) return std::nullopt;
    const auto version = record.Read<uint8_t>();
    if (version != 1 && version != 3 && version != 4) return std::nullopt;
    const absl::string_view augmentation = record.ReadString();
    if (version == 4) record.Skip(2);  // sizes of address and segment
    record.ReadUleb();                 // code alignment
    record.ReadSleb();                 // data alignment
    if (version == 1) {
      record.Skip(1);  // return address register
    } else {
      record.ReadUleb();
    }
    CommonEntry common;
    if (!ReadAugmentation(augmentation, &record, &common) || !record.ok()) {
      return std::nullopt;
    }
    return common;
  }

  bool ReadAugmentation(absl::string_view augmentation, DwarfCursor* record,
                        CommonEntry* common) const {
    if (augmentation.empty()) return true;
    if (augmentation[0] != 'z') return false;
    common->has_augmentation_size = true;
    DwarfCursor data = record->Sub(record->ReadUleb());
    for (const char letter : augmentation.substr(1)) {
      switch (letter) {
        case 'R':
          common->pointer_encoding = data.Read<uint8_t>();
          break;
        case 'L':
          common->language_encoding = data.Read<uint8_t>();
          break;
        case 'P': {
          const auto encoding = data.Read<uint8_t>();
          const auto pointer =
              data.ReadPointer(encoding, image_.dynamic().got_plt);
          if (data.ok()) {
            common->personality = ResolvePointer(image_, encoding, pointer);
          }
          break;
        }
        case 'S':
          common->signal_frame = true;
          break;
        default:
          // 'B' and what may come have no data of their own, or, as the size
          // is known, none that concerns us.
          if (letter != 'B') return data.ok();
      }
    }
    return data.ok();
  }

  absl::Status ReadDescription(uint64_t start, const CommonEntry& common,
                               DwarfCursor record) {
    FrameEntry entry;
    entry.record = start;
    const auto begin =
        record.ReadPointer(common.pointer_encoding, image_.dynamic().got_plt);
    const uint64_t size = record.ReadValue(common.pointer_encoding);
    if (!record.ok()) return Error("short record", start);
    const uint64_t code =
        ResolvePointer(image_, common.pointer_encoding, begin).address;
    const ImageSegment* segment = image_.SegmentAt(code);
    // What the linker discarded keeps its record, sometimes.
    if (size == 0 || begin.value == 0 || segment == nullptr) {
      return absl::OkStatus();
    }
    if (size > segment->end() - code) {
      return Error("function beyond its segment", start);
    }
    entry.range = {code, code + size};
    entry.personality = common.personality;
    entry.signal_frame = common.signal_frame;
    if (common.has_augmentation_size) {
      DwarfCursor data = record.Sub(record.ReadUleb());
      const auto pointer =
          data.ReadPointer(common.language_encoding, image_.dynamic().got_plt);
      if (!record.ok() || !data.ok()) return Error("short record", start);
      entry.language_data =
          ResolvePointer(image_, common.language_encoding, pointer).address;
    }
    entries_.push_back(entry);
    return absl::OkStatus();
  }

  const Image& image_;
  AddressRange range_;
  bool until_terminator_ = false;
  absl::flat_hash_map<uint64_t, std::optional<CommonEntry>> common_;
  std::vector<FrameEntry> entries_;
};

}  // namespace

absl::StatusOr<std::vector<FrameEntry>> ReadFrames(const Image& image) {
  return FrameReader(image).Read();
}

}  // namespace chestnut::binalyzer
