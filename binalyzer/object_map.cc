#include "binalyzer/object_map.h"

#include <elf.h>

#include <algorithm>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace chestnut::binalyzer {
namespace {

bool IsPcRelative(uint32_t type) {
  switch (type) {
    case R_X86_64_PC32:
    case R_X86_64_PLT32:
    case R_X86_64_GOTPCREL:
    case R_X86_64_GOTPCRELX:
    case R_X86_64_REX_GOTPCRELX:
    case R_X86_64_GOTTPOFF:
    case R_X86_64_TLSGD:
    case R_X86_64_TLSLD:
      return true;
    default:
      return false;
  }
}

bool IsPlace(const ElfSymbol& symbol) {
  return symbol.section != ElfSymbol::kUndefined &&
         symbol.section != ElfSymbol::kAbsolute &&
         symbol.section != ElfSymbol::kCommon;
}

// Symbols that stand for a function or an object.
bool IsNamed(const ElfSymbol& symbol) {
  return IsPlace(symbol) && !symbol.name.empty() &&
         symbol.type != STT_SECTION && symbol.type != STT_FILE &&
         !absl::StartsWith(symbol.name, ".L");
}

bool IsSection(absl::string_view section, absl::string_view name) {
  if (!absl::ConsumePrefix(&section, name)) return false;
  return section.empty() || section[0] == '.';
}

}  // namespace

bool HoldsStartupArray(const ElfSection& section) {
  return IsSection(section.name, ".init_array") ||
         IsSection(section.name, ".preinit_array") ||
         IsSection(section.name, ".ctors");
}

bool HoldsExitArray(const ElfSection& section) {
  return IsSection(section.name, ".fini_array") ||
         IsSection(section.name, ".dtors");
}

bool HoldsData(const ElfSection& section) {
  return section.allocated() && !section.executable() &&
         section.name != ".eh_frame" && !HoldsStartupArray(section) &&
         !HoldsExitArray(section);
}

ObjectMap::ObjectMap(const ElfFile& elf)
    : elf_(elf), extents_(elf.sections().size()) {
  for (uint32_t i = 0; i < elf.symbols().size(); ++i) {
    const ElfSymbol& symbol = elf.symbols()[i];
    if (!IsNamed(symbol)) continue;
    const uint64_t start = symbol.value - Base(symbol.section);
    extents_[symbol.section].push_back({start, start + symbol.size, i});
  }
  for (size_t section = 0; section < extents_.size(); ++section) {
    auto& extents = extents_[section];
    std::sort(
        extents.begin(), extents.end(), [](const Extent& a, const Extent& b) {
          return std::tie(a.start, a.symbol) < std::tie(b.start, b.symbol);
        });
    // From behind, so that each sees where the next one begins.
    uint64_t next = elf.sections()[section].size;
    for (size_t i = extents.size(); i-- > 0;) {
      if (i + 1 < extents.size() && extents[i + 1].start != extents[i].start) {
        next = extents[i + 1].start;
      }
      if (extents[i].end == extents[i].start) extents[i].end = next;
    }
  }
}

uint64_t ObjectMap::Base(uint32_t section) const {
  return elf_.type() == ET_REL ? 0 : elf_.sections()[section].address;
}

std::optional<Place> ObjectMap::PlaceOf(uint32_t symbol) const {
  const ElfSymbol& entry = elf_.symbols()[symbol];
  if (!IsPlace(entry)) return std::nullopt;
  return Place{entry.section, entry.value - Base(entry.section)};
}

SymbolSet ObjectMap::Covering(Place place) const {
  SymbolSet result;
  const auto& extents = extents_[place.section];
  auto it = std::upper_bound(
      extents.begin(), extents.end(), place.offset,
      [](uint64_t offset, const Extent& e) { return offset < e.start; });
  // The innermost extents: those with the latest start that reach the place.
  // Nested symbols are rare, so few steps back are enough in practice and the
  // walk ends at the section's beginning.
  while (it != extents.begin()) {
    --it;
    if (!result.empty()) {
      const auto place_of_found = PlaceOf(result.front());
      if (it->start != place_of_found->offset) break;
    }
    if (place.offset < it->end) result.push_back(it->symbol);
  }
  return result;
}

SymbolSet ObjectMap::StartingAt(Place place) const {
  SymbolSet result;
  const auto& extents = extents_[place.section];
  auto it = std::lower_bound(
      extents.begin(), extents.end(), place.offset,
      [](const Extent& e, uint64_t offset) { return e.start < offset; });
  for (; it != extents.end() && it->start == place.offset; ++it) {
    result.push_back(it->symbol);
  }
  return result;
}

SymbolSet ObjectMap::AtOrBefore(Place place) const {
  const auto& extents = extents_[place.section];
  auto it = std::upper_bound(
      extents.begin(), extents.end(), place.offset,
      [](uint64_t offset, const Extent& e) { return offset < e.start; });
  if (it == extents.begin()) return {};
  return StartingAt({place.section, std::prev(it)->start});
}

std::optional<Place> ObjectMap::PlaceAtAddress(uint64_t address) const {
  for (uint32_t i = 0; i < elf_.sections().size(); ++i) {
    const ElfSection& section = elf_.sections()[i];
    if (section.allocated() && address >= section.address &&
        address - section.address < section.size) {
      return Place{i, address - section.address};
    }
  }
  return std::nullopt;
}

bool ObjectMap::IsCall(uint32_t section,
                       const ElfRelocation& relocation) const {
  const ElfSection& code = elf_.sections()[section];
  if (!code.executable()) return false;
  const uint64_t offset = relocation.offset - Base(section);
  auto byte = [&code, offset](uint64_t back) -> uint8_t {
    return back <= offset && offset - back < code.bytes.size()
               ? static_cast<uint8_t>(code.bytes[offset - back])
               : 0;
  };
  switch (relocation.type) {
    case R_X86_64_PC32:
    case R_X86_64_PLT32:
      // call, jmp, jcc. A ModRM byte before a pc-relative operand is none of
      // these, so nothing else is taken for a call.
      return byte(1) == 0xe8 || byte(1) == 0xe9 ||
             (byte(2) == 0x0f && (byte(1) & 0xf0) == 0x80);
    case R_X86_64_GOTPCREL:
    case R_X86_64_GOTPCRELX:
      // call or jmp through the global offset table
      return byte(2) == 0xff && (byte(1) == 0x15 || byte(1) == 0x25);
    default:
      return false;
  }
}

Reference ObjectMap::Decode(uint32_t section,
                            const ElfRelocation& relocation) const {
  Reference reference;
  reference.from = {section, relocation.offset - Base(section)};
  reference.call = IsCall(section, relocation);
  const ElfSymbol& symbol = elf_.symbols()[relocation.symbol];
  if (symbol.type != STT_SECTION && !symbol.name.empty() &&
      !absl::StartsWith(symbol.name, ".L")) {
    reference.symbol = relocation.symbol;
    return reference;
  }
  if (!IsPlace(symbol)) return reference;
  uint64_t address = symbol.value + static_cast<uint64_t>(relocation.addend);
  if (IsPcRelative(relocation.type)) {
    address += 4;
    // An immediate of up to four bytes may follow the operand.
    if (!reference.call) reference.slack = 4;
  }
  if (elf_.type() == ET_REL) {
    reference.to = Place{symbol.section, address};
  } else {
    reference.to = PlaceAtAddress(address);
  }
  return reference;
}

std::vector<Reference> ObjectMap::References(uint32_t section) const {
  std::vector<Reference> result;
  const auto& relocations = elf_.relocations(section);
  result.reserve(relocations.size());
  for (const ElfRelocation& relocation : relocations) {
    if (relocation.type == R_X86_64_NONE || relocation.symbol == 0) continue;
    result.push_back(Decode(section, relocation));
  }
  return result;
}

}  // namespace chestnut::binalyzer
