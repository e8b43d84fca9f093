// Relocatable objects: laid out and relocated as a linker would do it.
#include <algorithm>
#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "binalyzer/image_builder.h"

namespace chestnut::binalyzer {
namespace {

// Between sections, so that the end of one is not the beginning of the next.
constexpr uint64_t kSectionGap = 16;
// Operands of 32 bits must reach everything.
constexpr uint64_t kLargestLayout = uint64_t{1} << 30;
constexpr uint64_t kMaximalAlignment = 4096;
// Of an undefined symbol, so that small addends stay inside. Less if there are
// very many.
constexpr uint64_t kPlaceholder = 4096;
constexpr uint64_t kSmallPlaceholder = 16;

bool IsGotSlotType(uint32_t type) {
  return KindOfRelocation(type) == RelocationKind::kGotRelative;
}

class Layout {
 public:
  Layout(const ElfFile& elf, ImageContents* image)
      : elf_(elf), image_(*image) {}

  absl::Status Run() {
    for (auto step : {&Layout::PlaceSections, &Layout::PlaceSymbols,
                      &Layout::PlaceGot, &Layout::Relocate}) {
      if (absl::Status s = (this->*step)(); !s.ok()) return s;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Error(absl::string_view what) const {
    return ImageError(image_, what);
  }

  // Reserves room; the address, or an error if there is none left.
  absl::StatusOr<uint64_t> Reserve(uint64_t size, uint64_t alignment) {
    alignment = std::clamp<uint64_t>(alignment, 1, kMaximalAlignment);
    const uint64_t begin = (next_ + alignment - 1) / alignment * alignment;
    const uint64_t used = begin - kRelocatableBase;
    if (used > kLargestLayout || size > kLargestLayout - used) {
      return Error(
          absl::StrCat("sections of more than ", kLargestLayout, " bytes"));
    }
    next_ = begin + size + kSectionGap;
    return begin;
  }

  absl::Status PlaceSections() {
    addresses_.resize(elf_.sections().size());
    copies_.resize(elf_.sections().size());
    uint64_t total = 0;
    for (size_t i = 0; i < elf_.sections().size(); ++i) {
      const ElfSection& section = elf_.sections()[i];
      if (!section.allocated()) continue;
      const auto address = Reserve(section.size, section.alignment);
      if (!address.ok()) return address.status();
      addresses_[i] = *address;
      total += section.bytes.size();
      // Bytes that several sections share would be copied for each.
      if (total > image_.file_bytes.size()) return Error("sections overlap");
      AddSection(section, *address, &copies_[i]);
    }
    return absl::OkStatus();
  }

  void AddSection(const ElfSection& section, uint64_t address, char** bytes) {
    ImageSegment segment;
    segment.address = address;
    segment.size = section.size;
    segment.readable = true;
    segment.writable = (section.flags & SHF_WRITE) != 0;
    segment.executable = (section.flags & SHF_EXECINSTR) != 0;
    segment.name = section.name;
    if (!section.bytes.empty()) {
      auto copy = std::make_unique<char[]>(section.bytes.size());
      std::copy(section.bytes.begin(), section.bytes.end(), copy.get());
      segment.bytes = absl::string_view(copy.get(), section.bytes.size());
      *bytes = copy.get();
      image_.owned.push_back(std::move(copy));
    }
    if (section.size == 0) return;
    if (section.name == ".eh_frame" && !section.bytes.empty()) {
      image_.eh_frame = {address, address + section.size};
    }
    image_.segments.push_back(segment);
    image_.sections.push_back({section.name,
                               {address, address + section.size},
                               section.type,
                               section.flags});
  }

  absl::Status PlaceSymbols() {
    image_.symbols.reserve(elf_.symbols().size());
    uint64_t undefined = 0;
    for (const ElfSymbol& raw : elf_.symbols()) {
      ImageSymbol symbol;
      symbol.name = raw.name;
      FillSymbol(raw.value, raw.size, ELF64_ST_INFO(raw.binding, raw.type),
                 raw.other, &symbol);
      symbol.defined = raw.defined();
      symbol.absolute = raw.section == ElfSymbol::kAbsolute;
      symbol.exported = symbol.defined && !raw.local();
      SplitVersion(&symbol);
      if (symbol.kind == SymbolKind::kSection) {
        symbol.name = elf_.sections()[raw.section].name;
      }
      if (raw.section == ElfSymbol::kCommon) {
        if (absl::Status s = PlaceCommon(raw, &symbol); !s.ok()) return s;
      } else if (!symbol.defined) {
        ++undefined;
      } else if (!symbol.absolute) {
        symbol.address += addresses_[raw.section];
        symbol.size = std::min(
            symbol.size, RoomBehind(elf_.sections()[raw.section], raw.value));
      }
      image_.symbols.push_back(symbol);
    }
    CloseSegment(".common", &common_);
    return PlaceUndefined(undefined);
  }

  static uint64_t RoomBehind(const ElfSection& section, uint64_t offset) {
    return offset < section.size ? section.size - offset : 0;
  }

  // st_value is the alignment.
  absl::Status PlaceCommon(const ElfSymbol& raw, ImageSymbol* symbol) {
    const auto address = Reserve(raw.size, raw.value);
    if (!address.ok()) return address.status();
    symbol->address = *address;
    if (common_.begin == 0) common_.begin = *address;
    common_.end = *address + raw.size;
    return absl::OkStatus();
  }

  void CloseSegment(absl::string_view name, AddressRange* range) {
    if (range->empty()) return;
    ImageSegment segment;
    segment.address = range->begin;
    segment.size = range->size();
    segment.readable = true;
    segment.writable = true;
    segment.name = name;
    image_.segments.push_back(segment);
  }

  absl::Status PlaceUndefined(uint64_t count) {
    // Symbol 0 is the undefined symbol as such.
    const uint64_t stride = count < kLargestLayout / 4 / kPlaceholder
                                ? kPlaceholder
                                : kSmallPlaceholder;
    const auto begin = Reserve(count * stride, kPlaceholder);
    if (!begin.ok()) return begin.status();
    uint64_t next = *begin;
    for (size_t i = 1; i < image_.symbols.size(); ++i) {
      ImageSymbol& symbol = image_.symbols[i];
      if (symbol.defined) continue;
      symbol.address = next;
      image_.externs.push_back(i);
      next += stride;
    }
    if (next == *begin) return absl::OkStatus();
    ImageSegment segment;
    segment.address = *begin;
    segment.size = next - *begin;
    segment.name = ".extern";
    image_.segments.push_back(segment);
    return absl::OkStatus();
  }

  template <typename Visit>
  absl::Status ForEachRelocation(Visit visit) {
    for (uint32_t i = 0; i < elf_.sections().size(); ++i) {
      if (!elf_.sections()[i].allocated()) continue;
      for (const ElfRelocation& relocation : elf_.relocations(i)) {
        if (relocation.type == R_X86_64_NONE) continue;
        if (absl::Status s = visit(i, relocation); !s.ok()) return s;
      }
    }
    return absl::OkStatus();
  }

  absl::Status PlaceGot() {
    absl::Status status =
        ForEachRelocation([this](uint32_t, const ElfRelocation& relocation) {
          if (IsGotSlotType(relocation.type)) {
            slots_.try_emplace(relocation.symbol, slots_.size());
          }
          return absl::OkStatus();
        });
    const auto got = Reserve(slots_.size() * 8, 8);
    if (!status.ok() || !got.ok()) return status.ok() ? got.status() : status;
    got_ = *got;
    AddressRange range = {got_, got_ + slots_.size() * 8};
    CloseSegment(".got", &range);
    for (const auto& [symbol, index] : slots_) {
      image_.relocations.push_back({got_ + index * 8, 0, R_X86_64_GLOB_DAT,
                                    symbol, RelocationKind::kGlobDat});
    }
    return absl::OkStatus();
  }

  absl::Status Relocate() {
    return ForEachRelocation(
        [this](uint32_t section, const ElfRelocation& relocation) {
          if (relocation.offset >= elf_.sections()[section].size) {
            return Error(absl::StrCat("relocation behind the end of section ",
                                      elf_.sections()[section].name));
          }
          const uint64_t address = addresses_[section] + relocation.offset;
          image_.relocations.push_back(
              {address, relocation.addend, relocation.type,
               relocation.symbol == 0 ? kNoSymbol : relocation.symbol,
               KindOfRelocation(relocation.type)});
          Apply(section, address, relocation);
          return absl::OkStatus();
        });
  }

  // Width and value by the psABI's table; thread-local ones stay as they are.
  void Apply(uint32_t section, uint64_t place,
             const ElfRelocation& relocation) {
    const ImageSymbol& symbol = image_.symbols[relocation.symbol];
    const uint64_t value =
        symbol.address + static_cast<uint64_t>(relocation.addend);
    const uint64_t slot =
        SlotOf(relocation.symbol) + static_cast<uint64_t>(relocation.addend);
    auto write = [&](uint64_t size, uint64_t word) {
      Write(section, place, size, word);
    };
    switch (relocation.type) {
      case R_X86_64_64:
        return write(8, value);
      case R_X86_64_32:
      case R_X86_64_32S:
        return write(4, value);
      case R_X86_64_16:
        return write(2, value);
      case R_X86_64_8:
        return write(1, value);
      case R_X86_64_PC64:
        return write(8, value - place);
      case R_X86_64_PC32:
      case R_X86_64_PLT32:
        return write(4, value - place);
      case R_X86_64_PC16:
        return write(2, value - place);
      case R_X86_64_PC8:
        return write(1, value - place);
      case R_X86_64_GOTOFF64:
      case R_X86_64_PLTOFF64:
        return write(8, value - got_);
      case R_X86_64_GOTPC32:
        return write(4, got_ + relocation.addend - place);
      case R_X86_64_GOTPC64:
        return write(8, got_ + relocation.addend - place);
      case R_X86_64_GOT32:
        return write(4, slot - got_);
      case R_X86_64_GOT64:
      case R_X86_64_GOTPLT64:
        return write(8, slot - got_);
      case R_X86_64_GOTPCREL64:
        return write(8, slot - place);
      case R_X86_64_SIZE32:
        return write(4, symbol.size + relocation.addend);
      case R_X86_64_SIZE64:
        return write(8, symbol.size + relocation.addend);
      default:
        if (IsGotSlotType(relocation.type)) write(4, slot - place);
    }
  }

  uint64_t SlotOf(uint32_t symbol) const {
    const auto it = slots_.find(symbol);
    return it == slots_.end() ? 0 : got_ + it->second * 8;
  }

  void Write(uint32_t section, uint64_t place, uint64_t size, uint64_t word) {
    const uint64_t offset = place - addresses_[section];
    const uint64_t bytes = elf_.sections()[section].bytes.size();
    if (offset > bytes || size > bytes - offset) return;
    std::memcpy(copies_[section] + offset, &word, size);
  }

  const ElfFile& elf_;
  ImageContents& image_;
  uint64_t next_ = kRelocatableBase;
  std::vector<uint64_t> addresses_;  // of sections
  std::vector<char*> copies_;        // their bytes, to be relocated
  AddressRange common_;
  std::map<uint32_t, uint64_t> slots_;  // symbol to index in the GOT
  uint64_t got_ = 0;
};

}  // namespace

absl::Status ReadRelocatable(const ElfFile& elf, ImageContents* image) {
  return Layout(elf, image).Run();
}

}  // namespace chestnut::binalyzer
