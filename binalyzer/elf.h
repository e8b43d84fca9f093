// A bounds-checked reader of x86-64 ELF files: relocatable objects and linked
// programs. It never copies the bytes it is given; every view it returns points
// into them.
#ifndef CHESTNUT_BINALYZER_ELF_H_
#define CHESTNUT_BINALYZER_ELF_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace chestnut::binalyzer {

struct ElfSection {
  absl::string_view name;
  uint32_t type = 0;   // SHT_*
  uint64_t flags = 0;  // SHF_*
  uint64_t address = 0;
  uint64_t size = 0;
  uint32_t link = 0;
  uint32_t info = 0;
  uint64_t entry_size = 0;
  uint64_t alignment = 0;   // in bytes; 0 as 1
  absl::string_view bytes;  // empty for SHT_NOBITS

  bool allocated() const;
  bool executable() const;  // and allocated
};

struct ElfSymbol {
  absl::string_view name;
  uint64_t value = 0;  // offset in the section (objects) or address (programs)
  uint64_t size = 0;
  uint8_t binding = 0;  // STB_*
  uint8_t type = 0;     // STT_*
  uint8_t other = 0;    // STV_* in the low two bits
  // Index of the section, also where the file needs SHT_SYMTAB_SHNDX to say it;
  // or one of the three below.
  uint32_t section = 0;

  static constexpr uint32_t kUndefined = 0;
  static constexpr uint32_t kAbsolute = 0xfffffff1;
  static constexpr uint32_t kCommon = 0xfffffff2;

  bool defined() const { return section != kUndefined; }
  bool in_section() const {
    return defined() && section != kAbsolute && section != kCommon;
  }
  bool local() const { return binding == 0; }
};

struct ElfRelocation {
  uint64_t offset = 0;  // in the section (objects) or address (programs)
  uint32_t type = 0;    // R_X86_64_*
  uint32_t symbol = 0;  // index into symbols(); checked
  int64_t addend = 0;
};

class ElfFile {
 public:
  // `origin` names the file in errors and must outlive nothing.
  // InvalidArgument: not an ELF file, another machine or byte order, anything
  // out of bounds.
  static absl::StatusOr<ElfFile> Parse(absl::string_view bytes,
                                       absl::string_view origin);

  // Whether the bytes begin with the header of a 64-bit x86-64 ELF file; the
  // error says what they are instead.
  static absl::Status CheckHeader(absl::string_view bytes,
                                  absl::string_view origin);

  // Whether the bytes begin like an ELF file, of whatever kind.
  static bool IsElf(absl::string_view bytes);

  uint16_t type() const { return type_; }  // ET_*
  const std::vector<ElfSection>& sections() const { return sections_; }
  // Of .symtab; empty if the file was stripped.
  const std::vector<ElfSymbol>& symbols() const { return symbols_; }
  // What SHT_RELA sections say of section `index`, in the order of the file.
  const std::vector<ElfRelocation>& relocations(uint32_t index) const {
    return relocations_[index];
  }
  // The first section of that name, or null.
  const ElfSection* FindSection(absl::string_view name) const;
  uint32_t IndexOf(const ElfSection& section) const {
    return static_cast<uint32_t>(&section - sections_.data());
  }

 private:
  ElfFile() = default;

  uint16_t type_ = 0;
  std::vector<ElfSection> sections_;
  std::vector<ElfSymbol> symbols_;
  std::vector<std::vector<ElfRelocation>> relocations_;

  friend class ElfParser;
};

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_ELF_H_
