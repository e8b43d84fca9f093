#include "binalyzer/elf.h"

#include <elf.h>

#include <cstring>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace chestnut::binalyzer {

static_assert(ElfSymbol::kUndefined == SHN_UNDEF);

namespace {
// The medium code model's; <elf.h> does not have it.
constexpr uint16_t kLargeCommon = 0xff02;
}  // namespace

bool ElfSection::allocated() const { return (flags & SHF_ALLOC) != 0; }
bool ElfSection::executable() const {
  return allocated() && (flags & SHF_EXECINSTR) != 0;
}

// Holds the state of one parse; every access to the bytes goes through Slice.
class ElfParser {
 public:
  ElfParser(absl::string_view bytes, absl::string_view origin)
      : bytes_(bytes), origin_(origin) {}

  absl::StatusOr<ElfFile> Parse() {
    for (auto step : {&ElfParser::ReadHeader, &ElfParser::ReadSections,
                      &ElfParser::ReadSymbols, &ElfParser::ReadRelocations}) {
      if (absl::Status status = (this->*step)(); !status.ok()) return status;
    }
    return std::move(file_);
  }

 private:
  absl::Status Error(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat(origin_, ": ", what));
  }

  bool Slice(uint64_t offset, uint64_t size, absl::string_view* out) const {
    if (offset > bytes_.size() || size > bytes_.size() - offset) return false;
    *out = bytes_.substr(offset, size);
    return true;
  }

  // The structs of <elf.h> have the file's layout on a little-endian machine,
  // the only one that x86-64 is.
  template <typename T>
  static T Load(absl::string_view bytes, uint64_t index = 0) {
    T value;
    std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
    return value;
  }

  bool StringAt(absl::string_view table, uint64_t offset,
                absl::string_view* out) const {
    if (offset >= table.size()) return false;
    const size_t end = table.find('\0', offset);
    if (end == absl::string_view::npos) return false;
    *out = table.substr(offset, end - offset);
    return true;
  }

  absl::Status ReadHeader() {
    absl::Status status = ElfFile::CheckHeader(bytes_, origin_);
    if (!status.ok()) return status;
    header_ = Load<Elf64_Ehdr>(bytes_);
    file_.type_ = header_.e_type;
    return absl::OkStatus();
  }

  absl::Status ReadSections() {
    if (header_.e_shoff == 0) return absl::OkStatus();
    if (header_.e_shentsize != sizeof(Elf64_Shdr)) {
      return Error("section headers of unknown size");
    }
    absl::string_view first;
    if (!Slice(header_.e_shoff, sizeof(Elf64_Shdr), &first)) {
      return Error("section headers beyond the end");
    }
    // Files with many sections keep count and name table in the first header.
    const Elf64_Shdr zero = Load<Elf64_Shdr>(first);
    const uint64_t count =
        header_.e_shnum != 0 ? header_.e_shnum : zero.sh_size;
    const uint32_t names =
        header_.e_shstrndx != SHN_XINDEX ? header_.e_shstrndx : zero.sh_link;
    absl::string_view table;
    if (count > bytes_.size() / sizeof(Elf64_Shdr) ||
        !Slice(header_.e_shoff, count * sizeof(Elf64_Shdr), &table)) {
      return Error("section headers beyond the end");
    }
    file_.sections_.resize(count);
    file_.relocations_.resize(count);
    name_offsets_.resize(count);
    for (uint64_t i = 0; i < count; ++i) {
      if (absl::Status s = ReadSection(Load<Elf64_Shdr>(table, i), i);
          !s.ok()) {
        return s;
      }
    }
    return NameSections(names);
  }

  absl::Status ReadSection(const Elf64_Shdr& header, uint64_t index) {
    ElfSection& section = file_.sections_[index];
    section.type = header.sh_type;
    section.flags = header.sh_flags;
    section.address = header.sh_addr;
    section.size = header.sh_size;
    section.link = header.sh_link;
    section.info = header.sh_info;
    section.entry_size = header.sh_entsize;
    section.alignment = header.sh_addralign;
    name_offsets_[index] = header.sh_name;
    if (header.sh_type == SHT_NOBITS || header.sh_type == SHT_NULL) {
      return absl::OkStatus();
    }
    if (!Slice(header.sh_offset, header.sh_size, &section.bytes)) {
      return Error(absl::StrCat("section ", index, " beyond the end"));
    }
    return absl::OkStatus();
  }

  absl::Status NameSections(uint32_t names) {
    if (file_.sections_.empty()) return absl::OkStatus();
    if (names >= file_.sections_.size()) return Error("no section names");
    const absl::string_view table = file_.sections_[names].bytes;
    for (size_t i = 0; i < file_.sections_.size(); ++i) {
      if (!StringAt(table, name_offsets_[i], &file_.sections_[i].name)) {
        if (name_offsets_[i] == 0) continue;
        return Error(absl::StrCat("section ", i, " has no valid name"));
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadSymbols() {
    for (size_t i = 0; i < file_.sections_.size(); ++i) {
      if (file_.sections_[i].type != SHT_SYMTAB) continue;
      if (!file_.symbols_.empty()) return Error("two symbol tables");
      symbol_table_ = i;
      if (absl::Status s = ReadSymbolTable(file_.sections_[i]); !s.ok()) {
        return s;
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadSymbolTable(const ElfSection& table) {
    if (table.link >= file_.sections_.size()) {
      return Error("symbol table without names");
    }
    const absl::string_view names = file_.sections_[table.link].bytes;
    const absl::string_view extended = ExtendedIndices();
    const uint64_t count = table.bytes.size() / sizeof(Elf64_Sym);
    file_.symbols_.resize(count);
    for (uint64_t i = 0; i < count; ++i) {
      const Elf64_Sym raw = Load<Elf64_Sym>(table.bytes, i);
      ElfSymbol& symbol = file_.symbols_[i];
      if (raw.st_name != 0 && !StringAt(names, raw.st_name, &symbol.name)) {
        return Error(absl::StrCat("symbol ", i, " has no valid name"));
      }
      symbol.value = raw.st_value;
      symbol.size = raw.st_size;
      symbol.binding = ELF64_ST_BIND(raw.st_info);
      symbol.type = ELF64_ST_TYPE(raw.st_info);
      symbol.other = raw.st_other;
      switch (raw.st_shndx) {
        case SHN_ABS:
          symbol.section = ElfSymbol::kAbsolute;
          continue;
        case SHN_COMMON:
        case kLargeCommon:
          symbol.section = ElfSymbol::kCommon;
          continue;
        case SHN_XINDEX:
          if (i >= extended.size() / sizeof(uint32_t)) {
            return Error(absl::StrCat("symbol ", i, " has no section index"));
          }
          symbol.section = Load<uint32_t>(extended, i);
          break;
        default:
          symbol.section = raw.st_shndx;
      }
      if (symbol.section >= file_.sections_.size()) {
        return Error(absl::StrCat("symbol '", symbol.name, "' in section ",
                                  symbol.section, ", which there is not"));
      }
    }
    return absl::OkStatus();
  }

  absl::string_view ExtendedIndices() const {
    for (const ElfSection& section : file_.sections_) {
      if (section.type == SHT_SYMTAB_SHNDX && section.link == symbol_table_) {
        return section.bytes;
      }
    }
    return {};
  }

  absl::Status ReadRelocations() {
    uint64_t total = 0;
    for (const ElfSection& section : file_.sections_) {
      if (section.type != SHT_REL && section.type != SHT_RELA) continue;
      // Dynamic relocations speak of .dynsym, which nobody here asks for.
      // A stripped program with its libc in it has some without any symbols.
      const bool stripped = symbol_table_ == 0 && header_.e_type != ET_REL;
      if (stripped || section.link != symbol_table_ || section.info == 0) {
        continue;
      }
      if (section.info >= file_.sections_.size()) {
        return Error("relocations of a section that there is not");
      }
      if (section.type == SHT_REL) {
        // LLVM writes its call graph profile so; nobody loads that.
        if (!file_.sections_[section.info].allocated()) continue;
        return Error("REL relocations, which x86-64 does not use");
      }
      // Sections that share their bytes would be read for each.
      total += section.bytes.size();
      if (total > bytes_.size()) return Error("relocation sections overlap");
      if (absl::Status s = ReadRela(section); !s.ok()) return s;
    }
    return absl::OkStatus();
  }

  absl::Status ReadRela(const ElfSection& section) {
    auto& out = file_.relocations_[section.info];
    const uint64_t count = section.bytes.size() / sizeof(Elf64_Rela);
    out.reserve(out.size() + count);
    for (uint64_t i = 0; i < count; ++i) {
      const Elf64_Rela raw = Load<Elf64_Rela>(section.bytes, i);
      const uint64_t symbol = ELF64_R_SYM(raw.r_info);
      if (symbol >= file_.symbols_.size()) {
        return Error(absl::StrCat("relocation with symbol ", symbol,
                                  ", which there is not"));
      }
      out.push_back({raw.r_offset, static_cast<uint32_t>(raw.r_info),
                     static_cast<uint32_t>(symbol), raw.r_addend});
    }
    return absl::OkStatus();
  }

  absl::string_view bytes_;
  absl::string_view origin_;
  Elf64_Ehdr header_ = {};
  std::vector<uint32_t> name_offsets_;
  size_t symbol_table_ = 0;
  ElfFile file_;
};

absl::StatusOr<ElfFile> ElfFile::Parse(absl::string_view bytes,
                                       absl::string_view origin) {
  return ElfParser(bytes, origin).Parse();
}

absl::Status ElfFile::CheckHeader(absl::string_view bytes,
                                  absl::string_view origin) {
  auto error = [origin](auto... what) {
    return absl::InvalidArgumentError(absl::StrCat(origin, ": ", what...));
  };
  if (!IsElf(bytes)) return error("not an ELF file");
  if (bytes.size() < sizeof(Elf64_Ehdr)) return error("truncated ELF header");
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_machine != EM_X86_64) {
    return error("ELF file of machine ", header.e_machine, ", class ",
                 static_cast<int>(header.e_ident[EI_CLASS]),
                 "; only 64-bit x86-64 is supported");
  }
  return absl::OkStatus();
}

bool ElfFile::IsElf(absl::string_view bytes) {
  return bytes.substr(0, SELFMAG) == absl::string_view(ELFMAG, SELFMAG);
}

const ElfSection* ElfFile::FindSection(absl::string_view name) const {
  for (const ElfSection& section : sections_) {
    if (section.name == name) return &section;
  }
  return nullptr;
}

}  // namespace chestnut::binalyzer
