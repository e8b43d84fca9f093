#include "patcher/program.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "binalyzer/elf.h"

namespace chestnut::patcher {
namespace {

// User space ends there (Documentation/arch/x86/x86_64/mm.rst).
constexpr uint64_t kAddressEnd = uint64_t{1} << 47;

template <typename T>
T Load(absl::string_view bytes, uint64_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

bool Holds(absl::string_view bytes, uint64_t offset, uint64_t size) {
  return offset <= bytes.size() && size <= bytes.size() - offset;
}

class Reader {
 public:
  Reader(absl::string_view bytes, absl::string_view origin) : origin_(origin) {
    program_.bytes = bytes;
  }

  absl::StatusOr<Program> Read() {
    for (auto step : {&Reader::ReadHeader, &Reader::ReadSegments,
                      &Reader::CheckEntry, &Reader::CheckKind}) {
      if (absl::Status status = (this->*step)(); !status.ok()) return status;
    }
    if (!ReadSections()) {
      program_.sections.clear();
      program_.section_names = {};
    }
    return program_;
  }

 private:
  template <typename... Parts>
  absl::Status Error(const Parts&... parts) const {
    return absl::InvalidArgumentError(absl::StrCat(origin_, ": ", parts...));
  }

  absl::Status ReadHeader() {
    const absl::string_view bytes = program_.bytes;
    if (absl::StartsWith(bytes, "#!")) {
      const absl::string_view line = bytes.substr(2, bytes.find('\n') - 2);
      return Error("is a script; what runs is its interpreter (",
                   absl::CHexEscape(line.substr(0, 80)), "): patch that one, ",
                   "or use chestnut run");
    }
    absl::Status status = binalyzer::ElfFile::CheckHeader(bytes, origin_);
    if (!status.ok()) return status;
    program_.header = Load<Elf64_Ehdr>(bytes, 0);
    if (program_.header.e_type != ET_EXEC && program_.header.e_type != ET_DYN) {
      return Error("is an ELF file of type ", program_.header.e_type,
                   ", not a program");
    }
    return absl::OkStatus();
  }

  absl::Status ReadSegments() {
    const Elf64_Ehdr& header = program_.header;
    if (header.e_phnum == 0 || header.e_phnum == PN_XNUM ||
        header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phoff % 8 != 0 ||
        header.e_phoff < sizeof(Elf64_Ehdr) ||
        !Holds(program_.bytes, header.e_phoff,
               header.e_phnum * sizeof(Elf64_Phdr))) {
      return Error("the program headers are cut off or not of this machine");
    }
    for (uint64_t i = 0; i < header.e_phnum; ++i) {
      const auto segment = Load<Elf64_Phdr>(
          program_.bytes, header.e_phoff + i * sizeof(Elf64_Phdr));
      program_.segments.push_back(segment);
      if (segment.p_type == PT_NULL || segment.p_filesz == 0) continue;
      if (!Holds(program_.bytes, segment.p_offset, segment.p_filesz)) {
        return Error("segment ", i, " ends behind the end of the file; it is ",
                     "cut off or damaged");
      }
    }
    for (size_t i = 0; i < program_.segments.size(); ++i) {
      const Elf64_Phdr& segment = program_.segments[i];
      if (segment.p_type != PT_LOAD) continue;
      if (segment.p_vaddr >= kAddressEnd || segment.p_memsz >= kAddressEnd ||
          segment.p_filesz > segment.p_memsz ||
          segment.p_vaddr % kPageSize != segment.p_offset % kPageSize) {
        return Error("segment ", i, " cannot be loaded: address 0x",
                     absl::Hex(segment.p_vaddr), ", offset 0x",
                     absl::Hex(segment.p_offset));
      }
    }
    if (program_.MemoryEnd() + kPageSize >= kAddressEnd) {
      return Error("it leaves no room in memory");
    }
    return absl::OkStatus();
  }

  absl::Status CheckEntry() {
    const uint64_t entry = program_.header.e_entry;
    const Elf64_Phdr* load = program_.LoadAt(entry);
    if (entry == 0 || load == nullptr || (load->p_flags & PF_X) == 0 ||
        entry - load->p_vaddr >= load->p_filesz) {
      return Error("the entry point 0x", absl::Hex(entry),
                   " lies in no code; is it a library?");
    }
    return absl::OkStatus();
  }

  // A library may have an entry point too: libc.so.6 prints its version.
  absl::Status CheckKind() {
    if (program_.header.e_type == ET_EXEC) return absl::OkStatus();
    for (const Elf64_Phdr& segment : program_.segments) {
      if (segment.p_type == PT_INTERP) return absl::OkStatus();
      if (segment.p_type != PT_DYNAMIC) continue;
      const uint64_t count = segment.p_filesz / sizeof(Elf64_Dyn);
      for (uint64_t i = 0; i < count; ++i) {
        const auto entry = Load<Elf64_Dyn>(
            program_.bytes, segment.p_offset + i * sizeof(Elf64_Dyn));
        if (entry.d_tag == DT_NULL) break;
        if (entry.d_tag == DT_FLAGS_1 && (entry.d_un.d_val & DF_1_PIE) != 0) {
          return absl::OkStatus();
        }
      }
    }
    return Error("is a shared library or a loader, not a program; patch the ",
                 "programs that use it");
  }

  // Whether there are section headers that say what a linker's would.
  bool ReadSections() {
    const Elf64_Ehdr& header = program_.header;
    if (header.e_shnum == 0 || header.e_shentsize != sizeof(Elf64_Shdr) ||
        header.e_shstrndx >= header.e_shnum ||
        header.e_shnum >= SHN_LORESERVE - 2 ||
        !Holds(program_.bytes, header.e_shoff,
               header.e_shnum * sizeof(Elf64_Shdr))) {
      return false;
    }
    for (uint64_t i = 0; i < header.e_shnum; ++i) {
      const auto section = Load<Elf64_Shdr>(
          program_.bytes, header.e_shoff + i * sizeof(Elf64_Shdr));
      program_.sections.push_back(section);
      if (section.sh_type != SHT_NOBITS && section.sh_type != SHT_NULL &&
          !Holds(program_.bytes, section.sh_offset, section.sh_size)) {
        return false;
      }
    }
    const Elf64_Shdr& names = program_.sections[header.e_shstrndx];
    if (names.sh_type != SHT_STRTAB || names.sh_size == 0) return false;
    program_.section_names =
        program_.bytes.substr(names.sh_offset, names.sh_size);
    if (program_.section_names.back() != '\0') return false;
    return std::all_of(program_.sections.begin(), program_.sections.end(),
                       [&names](const Elf64_Shdr& section) {
                         return section.sh_name < names.sh_size;
                       });
  }

  absl::string_view origin_;
  Program program_;
};

// Everything that the headers speak of ends there.
uint64_t ContentEnd(const Program& program) {
  uint64_t end = std::max<uint64_t>(
      program.TableEnd(),
      program.header.e_shoff + program.sections.size() * sizeof(Elf64_Shdr));
  for (const Elf64_Phdr& segment : program.segments) {
    if (segment.p_type == PT_NULL || segment.p_filesz == 0) continue;
    end = std::max(end, segment.p_offset + segment.p_filesz);
  }
  for (const Elf64_Shdr& section : program.sections) {
    if (section.sh_type == SHT_NULL || section.sh_type == SHT_NOBITS) continue;
    end = std::max(end, section.sh_offset + section.sh_size);
  }
  return end;
}

// UPX leaves its mark behind the program headers and at the end of the file.
bool IsPacked(absl::string_view bytes) {
  constexpr absl::string_view kMark = "UPX!";
  constexpr size_t kHead = 1024;
  constexpr size_t kTail = 64;
  return absl::StrContains(bytes.substr(0, kHead), kMark) ||
         absl::StrContains(
             bytes.substr(bytes.size() - std::min(kTail, bytes.size())), kMark);
}

}  // namespace

absl::string_view Program::SectionName(const Elf64_Shdr& section) const {
  return absl::string_view(section_names.data() + section.sh_name);
}

uint64_t Program::TableEnd() const {
  return header.e_phoff + segments.size() * sizeof(Elf64_Phdr);
}

const Elf64_Phdr* Program::LoadAt(uint64_t address) const {
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
        address - segment.p_vaddr < segment.p_memsz) {
      return &segment;
    }
  }
  return nullptr;
}

uint64_t Program::MemoryEnd() const {
  uint64_t end = 0;
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type != PT_LOAD) continue;
    end = std::max(end, segment.p_vaddr + segment.p_memsz);
  }
  return AlignUp(end, kPageSize);
}

std::string Program::BuildId() const {
  for (const Elf64_Phdr& segment : segments) {
    if (segment.p_type != PT_NOTE) continue;
    absl::string_view notes = bytes.substr(segment.p_offset, segment.p_filesz);
    const uint64_t alignment = segment.p_align == 8 ? 8 : 4;
    while (notes.size() >= sizeof(Elf64_Nhdr)) {
      const auto note = Load<Elf64_Nhdr>(notes, 0);
      const uint64_t content =
          AlignUp(sizeof(note) + uint64_t{note.n_namesz}, alignment);
      if (!Holds(notes, content, note.n_descsz)) break;
      if (note.n_type == NT_GNU_BUILD_ID &&
          notes.substr(sizeof(note), note.n_namesz) ==
              absl::string_view("GNU", 4)) {
        return absl::BytesToHexString(notes.substr(content, note.n_descsz));
      }
      notes.remove_prefix(std::min<uint64_t>(
          notes.size(), AlignUp(content + note.n_descsz, alignment)));
    }
  }
  return "";
}

absl::StatusOr<Program> ReadProgram(absl::string_view bytes,
                                    absl::string_view origin) {
  return Reader(bytes, origin).Read();
}

absl::Status CheckSuitable(const Program& program, absl::string_view origin) {
  if (IsPacked(program.bytes)) {
    return absl::InvalidArgumentError(absl::StrCat(
        origin, ": is packed (UPX): what it unpacks itself to cannot be read; ",
        "unpack it first (upx -d)"));
  }
  const Elf64_Phdr* code = program.LoadAt(program.header.e_entry);
  if (code != nullptr && (code->p_flags & PF_W) != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        origin, ": its code is writable: it is packed or changes itself, so ",
        "what it does cannot be read; patch what it was made from"));
  }
  const uint64_t end = ContentEnd(program);
  if (end < program.bytes.size() &&
      program.bytes.find_first_not_of('\0', end) != absl::string_view::npos) {
    return absl::InvalidArgumentError(absl::StrCat(
        origin, ": ", program.bytes.size() - end, " bytes follow its ELF ",
        "contents, which a program finds by the end of its file (an archive, ",
        "an AppImage); use chestnut wrap"));
  }
  return absl::OkStatus();
}

}  // namespace chestnut::patcher
