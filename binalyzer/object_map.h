// Which symbol a place of an ELF file belongs to, and what its relocations
// refer to, function by function.
#ifndef CHESTNUT_BINALYZER_OBJECT_MAP_H_
#define CHESTNUT_BINALYZER_OBJECT_MAP_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "binalyzer/elf.h"

namespace chestnut::binalyzer {

// A place: an offset in a section.
struct Place {
  uint32_t section = 0;
  uint64_t offset = 0;
};

// Symbols, as indices into ElfFile::symbols().
using SymbolSet = absl::InlinedVector<uint32_t, 2>;

// What one relocation says.
struct Reference {
  Place from;
  bool call = false;  // the operand of a call or a jump
  // A symbol that the relocation names; else empty, and `to` tells.
  std::optional<uint32_t> symbol;
  // Where it points in this file. With operands of unknown length behind it, a
  // reference to data may point up to `slack` bytes further.
  std::optional<Place> to;
  uint64_t slack = 0;
};

class ObjectMap {
 public:
  // `elf` must outlive the map. Works on objects and on programs linked with
  // --emit-relocs.
  explicit ObjectMap(const ElfFile& elf);

  // The symbols whose extent holds the place: of several for one extent
  // (aliases) all; empty if there is none. A symbol without size extends to the
  // next symbol of its section.
  SymbolSet Covering(Place place) const;
  // Those that begin there.
  SymbolSet StartingAt(Place place) const;
  // The beginning of a symbol that is defined in a section.
  std::optional<Place> PlaceOf(uint32_t symbol) const;
  // The last symbols that begin at or before the place, whatever their size.
  SymbolSet AtOrBefore(Place place) const;

  // The relocations of one section, decoded.
  std::vector<Reference> References(uint32_t section) const;

 private:
  struct Extent {
    uint64_t start;
    uint64_t end;
    uint32_t symbol;
  };

  uint64_t Base(uint32_t section) const;
  Reference Decode(uint32_t section, const ElfRelocation& relocation) const;
  bool IsCall(uint32_t section, const ElfRelocation& relocation) const;
  std::optional<Place> PlaceAtAddress(uint64_t address) const;

  const ElfFile& elf_;
  std::vector<std::vector<Extent>> extents_;  // by section, by start
};

// Whether the section holds code or data that a program has at run time, with
// relocations that mean references (not unwind tables).
bool HoldsData(const ElfSection& section);
// .init_array and its relatives.
bool HoldsStartupArray(const ElfSection& section);
bool HoldsExitArray(const ElfSection& section);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_OBJECT_MAP_H_
