#include "patcher/testing.h"

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "patcher/program.h"

namespace chestnut::patcher {
namespace {

// Put together in two turns: how many headers there are decides where all else
// lies.
class Maker {
 public:
  explicit Maker(const TestProgram& program) : program_(program) {}

  std::string Make() {
    LayOut();
    const size_t count = segments_.size();
    segments_.clear();
    sections_.assign(1, {});
    names_.assign(1, '\0');
    bytes_.assign(sizeof(Elf64_Ehdr) + count * sizeof(Elf64_Phdr), '\0');
    LayOut();
    if (program_.sections) AddSectionTable();
    WriteHeaders();
    return bytes_;
  }

 private:
  static constexpr uint64_t kCode = 0x1000;

  uint64_t Base() const { return program_.type == ET_EXEC ? 0x400000 : 0; }

  template <typename T>
  static absl::string_view BytesOf(const T& value) {
    return {reinterpret_cast<const char*>(&value), sizeof(value)};
  }

  uint64_t Append(absl::string_view bytes, uint64_t alignment) {
    bytes_.resize(AlignUp(bytes_.size(), alignment));
    const uint64_t offset = bytes_.size();
    absl::StrAppend(&bytes_, bytes);
    return offset;
  }

  void AddSegment(uint32_t type, uint32_t flags, uint64_t offset, uint64_t size,
                  uint64_t alignment, uint64_t memory = 0) {
    Elf64_Phdr segment = {};
    segment.p_type = type;
    segment.p_flags = flags;
    segment.p_offset = offset;
    segment.p_vaddr = segment.p_paddr =
        offset == 0 && size == 0 ? 0 : Base() + offset;
    segment.p_filesz = size;
    segment.p_memsz = memory == 0 ? size : memory;
    segment.p_align = alignment;
    segments_.push_back(segment);
  }

  void AddSection(absl::string_view name, uint32_t type, uint64_t flags,
                  uint64_t offset, uint64_t size) {
    Elf64_Shdr section = {};
    section.sh_name = static_cast<uint32_t>(names_.size());
    absl::StrAppend(&names_, name, absl::string_view("\0", 1));
    section.sh_type = type;
    section.sh_flags = flags;
    section.sh_offset = offset;
    section.sh_addr = (flags & SHF_ALLOC) != 0 ? Base() + offset : 0;
    section.sh_size = size;
    section.sh_addralign = 1;
    sections_.push_back(section);
  }

  void AddNote(absl::string_view name, uint32_t type, absl::string_view content,
               uint64_t alignment, bool property) {
    const Elf64_Nhdr head = {4, static_cast<Elf64_Word>(content.size()), type};
    const uint64_t offset = Append(
        absl::StrCat(BytesOf(head), absl::string_view("GNU\0", 4), content),
        alignment);
    const uint64_t size = bytes_.size() - offset;
    AddSection(name, SHT_NOTE, SHF_ALLOC, offset, size);
    AddSegment(PT_NOTE, PF_R, offset, size, alignment);
    if (property) AddSegment(PT_GNU_PROPERTY, PF_R, offset, size, alignment);
  }

  void LayOut() {
    if (program_.interpreter) {
      const absl::string_view path("/lib64/ld-linux-x86-64.so.2\0", 28);
      const uint64_t offset = Append(path, 1);
      AddSection(".interp", SHT_PROGBITS, SHF_ALLOC, offset, path.size());
      AddSegment(PT_INTERP, PF_R, offset, path.size(), 1);
    }
    if (program_.repeated_note) {
      AddNote(".note.gnu.property", 5, std::string(16, '\1'), 8, true);
    }
    if (program_.notes) {
      AddNote(".note.gnu.build-id", NT_GNU_BUILD_ID,
              absl::StrCat("\xaa\xbb\xcc\xdd", std::string(16, '\2')), 4,
              false);
    }
    if (program_.empty_entry) segments_.push_back({});
    if (program_.zeros_behind_table) bytes_.resize(bytes_.size() + 64);
    const uint64_t text = Append(std::string(64, '\3'), 8);
    AddSection(".dynstr", SHT_STRTAB, SHF_ALLOC, text, 64);
    AddSegment(PT_LOAD, PF_R, 0, bytes_.size(), kPageSize);
    const uint64_t code = Append(std::string(0x200, '\xcc'), kPageSize);
    AddSection(".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, code, 0x200);
    AddSegment(PT_LOAD,
               PF_R | PF_X | (program_.code_writable ? uint32_t{PF_W} : 0),
               code, 0x200, kPageSize);
    AddData();
  }

  void AddData() {
    const Elf64_Dyn dynamic[2] = {
        {DT_FLAGS_1, {program_.pie ? uint64_t{DF_1_PIE} : 0}}, {DT_NULL, {0}}};
    const uint64_t data = Append(BytesOf(dynamic), kPageSize);
    AddSection(".dynamic", SHT_DYNAMIC, SHF_ALLOC | SHF_WRITE, data,
               sizeof(dynamic));
    AddSegment(PT_LOAD, PF_R | PF_W, data, sizeof(dynamic), kPageSize,
               sizeof(dynamic) + program_.zero_memory);
    AddSegment(PT_DYNAMIC, PF_R | PF_W, data, sizeof(dynamic), 8);
    AddSegment(PT_GNU_STACK, PF_R | PF_W, 0, 0, 16);
  }

  void AddSectionTable() {
    const uint64_t size = names_.size() + sizeof(".shstrtab");
    AddSection(".shstrtab", SHT_STRTAB, 0, bytes_.size(), size);
    Append(names_, 1);
    section_offset_ = AlignUp(bytes_.size(), 8);
    for (const Elf64_Shdr& section : sections_) Append(BytesOf(section), 8);
  }

  void WriteHeaders() {
    Elf64_Ehdr header = {};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = program_.type;
    header.e_machine = EM_X86_64;
    header.e_version = EV_CURRENT;
    header.e_entry = Base() + kCode + 0x10;
    header.e_phoff = sizeof(header);
    header.e_ehsize = sizeof(header);
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_phnum = static_cast<uint16_t>(segments_.size());
    if (section_offset_ != 0) {
      header.e_shoff = section_offset_;
      header.e_shentsize = sizeof(Elf64_Shdr);
      header.e_shnum = static_cast<uint16_t>(sections_.size());
      header.e_shstrndx = static_cast<uint16_t>(sections_.size() - 1);
    }
    std::memcpy(bytes_.data(), &header, sizeof(header));
    std::memcpy(bytes_.data() + sizeof(header), segments_.data(),
                segments_.size() * sizeof(Elf64_Phdr));
  }

  const TestProgram& program_;
  std::vector<Elf64_Phdr> segments_;
  std::vector<Elf64_Shdr> sections_;
  std::string names_;
  std::string bytes_;
  uint64_t section_offset_ = 0;
};

}  // namespace

std::string MakeTestProgram(const TestProgram& program) {
  return Maker(program).Make();
}

}  // namespace chestnut::patcher
