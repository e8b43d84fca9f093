#include "patcher/segment.h"

#include <elf.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "patcher/layout.h"
#include "patcher/program.h"
#include "patcher/undo.h"
#include "policy/note.h"
#include "support/digest.h"

namespace chestnut::patcher {
namespace {

constexpr uint64_t kNoteAlignment = 4;

template <typename T>
absl::string_view BytesOf(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

template <typename T>
absl::string_view BytesOf(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()),
          values.size() * sizeof(T)};
}

void Pad(uint64_t alignment, std::string& bytes) {
  bytes.resize(AlignUp(bytes.size(), alignment));
}

// What undoes a patch is mostly shorter: a header and a table.
constexpr uint64_t kMostUndo = 4096;

// Puts the new file together, one part after the other.
class Builder {
 public:
  Builder(const Program& program, const Layout& layout)
      : program_(program), layout_(layout), header_(program.header) {}

  std::string Build(const NewSegment& segment) {
    // Programs are large and what is added is small: one copy is enough.
    out_.reserve(layout_.offset + layout_.content + segment.content.size() +
                 segment.notes.size() + SizeOfSections() + kMostUndo);
    absl::StrAppend(&out_, program_.bytes);
    AddContent(segment);
    if (!program_.sections.empty()) AddSections(segment);
    AddUndo(segment.digest);
    Overwrite(0, BytesOf(header_));
    Overwrite(layout_.table_offset, BytesOf(layout_.segments));
    return std::move(out_);
  }

 private:
  uint64_t SizeOfSections() const {
    return program_.section_names.size() +
           (program_.sections.size() + 4) * sizeof(Elf64_Shdr);
  }

  void Overwrite(uint64_t offset, absl::string_view bytes) {
    out_.replace(offset, bytes.size(), bytes.data(), bytes.size());
  }

  void AddContent(const NewSegment& added) {
    out_.resize(layout_.offset + layout_.content);
    if (layout_.room == Room::kShifted) {
      Overwrite(
          layout_.shifted_to(),
          program_.bytes.substr(layout_.shifted_begin, layout_.shifted_size));
    }
    absl::StrAppend(&out_, added.content, added.notes);
    Elf64_Phdr& segment = layout_.segments[layout_.added];
    segment.p_filesz = segment.p_memsz = out_.size() - layout_.offset;
    if (added.is_entry) {
      header_.e_entry = layout_.address + layout_.content;
    } else {
      segment.p_flags = PF_R;
    }
    header_.e_phoff = layout_.table_offset;
    header_.e_phnum = static_cast<uint16_t>(layout_.segments.size());
  }

  // Sections and symbols, as a linker would have written them had it placed the
  // sections there.
  void MoveShifted(std::vector<Elf64_Shdr>& sections) {
    if (layout_.shifted_size == 0) return;
    const uint64_t begin = layout_.shifted_begin;
    std::vector<uint64_t> moved_by(sections.size());
    for (size_t i = 0; i < sections.size(); ++i) {
      Elf64_Shdr& section = sections[i];
      if (section.sh_type == SHT_NULL || section.sh_offset < begin ||
          section.sh_offset >= begin + layout_.shifted_size) {
        continue;
      }
      const uint64_t was = section.sh_addr;
      section.sh_offset += layout_.shifted_to() - begin;
      section.sh_addr = layout_.address + section.sh_offset - layout_.offset;
      moved_by[i] = section.sh_addr - was;
    }
    const auto table = std::find_if(sections.begin(), sections.end(),
                                    [](const Elf64_Shdr& section) {
                                      return section.sh_type == SHT_SYMTAB;
                                    });
    if (table != sections.end()) MoveSymbols(*table, moved_by);
  }

  void MoveSymbols(const Elf64_Shdr& table,
                   const std::vector<uint64_t>& moved_by) {
    for (uint64_t at = table.sh_offset;
         at + sizeof(Elf64_Sym) <= table.sh_offset + table.sh_size;
         at += sizeof(Elf64_Sym)) {
      Elf64_Sym symbol;
      std::memcpy(&symbol, out_.data() + at, sizeof(symbol));
      if (symbol.st_shndx >= moved_by.size() ||
          moved_by[symbol.st_shndx] == 0) {
        continue;
      }
      symbol.st_value += moved_by[symbol.st_shndx];
      replaced_.emplace_back(at, program_.bytes.substr(at, sizeof(symbol)));
      Overwrite(at, BytesOf(symbol));
    }
  }

  Elf64_Shdr LoadedSection(uint64_t name, uint64_t begin, uint64_t size) const {
    Elf64_Shdr section = {};
    section.sh_name = static_cast<uint32_t>(name);
    section.sh_offset = layout_.offset + begin;
    section.sh_addr = layout_.address + begin;
    section.sh_size = size;
    return section;
  }

  void AddSections(const NewSegment& added) {
    std::vector<Elf64_Shdr> sections = program_.sections;
    MoveShifted(sections);
    std::string names(program_.section_names);
    Elf64_Shdr content =
        LoadedSection(names.size(), layout_.content, added.content.size());
    absl::StrAppend(&names, added.section, absl::string_view("\0", 1));
    content.sh_type = SHT_PROGBITS;
    content.sh_flags =
        SHF_ALLOC | (added.is_entry ? uint64_t{SHF_EXECINSTR} : 0);
    content.sh_addralign = 16;
    Elf64_Shdr note =
        LoadedSection(names.size(), layout_.content + added.content.size(),
                      added.notes.size());
    absl::StrAppend(&names, policy::kNoteSection, absl::string_view("\0", 1));
    note.sh_type = SHT_NOTE;
    note.sh_flags = SHF_ALLOC;
    note.sh_addralign = kNoteAlignment;
    sections.push_back(content);
    sections.push_back(note);
    Elf64_Shdr& table = sections[header_.e_shstrndx];
    table.sh_offset = out_.size();
    table.sh_size = names.size();
    out_ += names;
    Pad(alignof(Elf64_Shdr), out_);
    header_.e_shoff = out_.size();
    header_.e_shnum = static_cast<uint16_t>(sections.size());
    absl::StrAppend(&out_, BytesOf(sections));
  }

  void AddUndo(const support::Sha256::Digest& digest) {
    const absl::string_view original = program_.bytes;
    replaced_.emplace_back(0, original.substr(0, sizeof(Elf64_Ehdr)));
    if (layout_.room != Room::kMovedTable) {
      const uint64_t at = layout_.table_offset;
      const uint64_t size = layout_.segments.size() * sizeof(Elf64_Phdr);
      replaced_.emplace_back(at, original.substr(at, size));
    }
    out_ += MakeUndo(original, digest, replaced_, out_.size());
  }

  const Program& program_;
  Layout layout_;
  Elf64_Ehdr header_;
  std::string out_;
  std::vector<Replaced> replaced_;
};

}  // namespace

std::string AddSegment(const Program& program, const Layout& layout,
                       const NewSegment& segment) {
  return Builder(program, layout).Build(segment);
}

}  // namespace chestnut::patcher
