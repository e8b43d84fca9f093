#include "patcher/layout.h"

#include <elf.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "patcher/program.h"

namespace chestnut::patcher {
namespace {

constexpr uint64_t kEntrySize = sizeof(Elf64_Phdr);
constexpr uint64_t kContentAlignment = 16;
// Zeros written so that old kernels find a moved table; beyond that the program
// needs Linux 5.18.
constexpr uint64_t kMostPadding = uint64_t{16} << 20;

bool IsLoaded(const Elf64_Shdr& section) {
  return section.sh_type != SHT_NULL && section.sh_type != SHT_NOBITS;
}

// Sections and tables behind the program headers, by offset.
std::vector<Elf64_Shdr> Behind(const Program& program, uint64_t offset) {
  std::vector<Elf64_Shdr> sections;
  for (const Elf64_Shdr& section : program.sections) {
    if (IsLoaded(section) && section.sh_offset + section.sh_size > offset) {
      sections.push_back(section);
    }
  }
  std::sort(sections.begin(), sections.end(),
            [](const Elf64_Shdr& a, const Elf64_Shdr& b) {
              return a.sh_offset < b.sh_offset;
            });
  return sections;
}

// Whether the bytes from `begin` to `end` are zeros that nothing names, on a
// page that is mapped with the table: then the segment that holds the table can
// be made to reach to `end`. Without section headers nobody knows.
bool IsFree(const Program& program, uint64_t begin, uint64_t end,
            uint64_t first_used) {
  if (program.sections.empty() || end > first_used ||
      end > program.bytes.size() ||
      end > std::max<uint64_t>(program.header.e_shoff, begin) ||
      AlignUp(begin, kPageSize) < end) {
    return false;
  }
  for (const Elf64_Phdr& segment : program.segments) {
    if (segment.p_type != PT_NULL && segment.p_filesz != 0 &&
        segment.p_offset >= begin && segment.p_offset < end) {
      return false;
    }
  }
  const absl::string_view bytes = program.bytes.substr(begin, end - begin);
  return bytes.find_first_not_of('\0') == absl::string_view::npos;
}

// The loaded segment that the table lies in, or null.
Elf64_Phdr* LoadOfTable(const Program& program,
                        std::vector<Elf64_Phdr>& segments) {
  const uint64_t begin = program.header.e_phoff;
  for (Elf64_Phdr& segment : segments) {
    if (segment.p_type == PT_LOAD && begin >= segment.p_offset &&
        program.TableEnd() - segment.p_offset <= segment.p_filesz) {
      return &segment;
    }
  }
  return nullptr;
}

// Makes the segment reach to `end` in the file.
bool Extend(Elf64_Phdr& load, uint64_t end) {
  if (end - load.p_offset <= load.p_filesz) return true;
  if (load.p_filesz != load.p_memsz) return false;
  load.p_filesz = load.p_memsz = end - load.p_offset;
  return true;
}

class Planner {
 public:
  explicit Planner(const Program& program) : program_(program) {
    layout_.table_offset = program.header.e_phoff;
    layout_.offset = AlignUp(program.bytes.size(), kPageSize);
    layout_.address = program.MemoryEnd();
  }

  Layout Make() {
    if (!(UseEmptyEntry() || UseZeros() || UseRepeatedNote() || Shift())) {
      MoveTable();
    }
    return layout_;
  }

 private:
  // Behind the last loaded segment, as the loader wants them by address.
  void Insert(std::vector<Elf64_Phdr> segments) {
    size_t index = 0;
    for (size_t i = 0; i < segments.size(); ++i) {
      if (segments[i].p_type == PT_LOAD) index = i + 1;
    }
    Elf64_Phdr added = {};
    added.p_type = PT_LOAD;
    added.p_flags = PF_R | PF_X;
    added.p_offset = layout_.offset;
    added.p_vaddr = added.p_paddr = layout_.address;
    added.p_align = kPageSize;
    segments.insert(segments.begin() + static_cast<ptrdiff_t>(index), added);
    for (Elf64_Phdr& segment : segments) {
      if (segment.p_type == PT_PHDR) {
        segment.p_filesz = segment.p_memsz = segments.size() * kEntrySize;
      }
    }
    layout_.segments = std::move(segments);
    layout_.added = index;
  }

  bool InsertInPlaceOf(std::vector<Elf64_Phdr>::const_iterator entry,
                       Room room) {
    std::vector<Elf64_Phdr> segments = program_.segments;
    segments.erase(segments.begin() + (entry - program_.segments.begin()));
    layout_.room = room;
    Insert(std::move(segments));
    return true;
  }

  bool UseEmptyEntry() {
    const auto empty = std::find_if(
        program_.segments.begin(), program_.segments.end(),
        [](const Elf64_Phdr& segment) { return segment.p_type == PT_NULL; });
    return empty != program_.segments.end() &&
           InsertInPlaceOf(empty, Room::kThere);
  }

  bool UseZeros() {
    const uint64_t begin = program_.TableEnd();
    const std::vector<Elf64_Shdr> behind = Behind(program_, begin);
    if (behind.empty() || !IsFree(program_, begin, begin + kEntrySize,
                                  behind.front().sh_offset)) {
      return false;
    }
    std::vector<Elf64_Phdr> segments = program_.segments;
    Elf64_Phdr* load = LoadOfTable(program_, segments);
    if (load == nullptr || !Extend(*load, begin + kEntrySize)) return false;
    layout_.room = Room::kThere;
    Insert(std::move(segments));
    return true;
  }

  bool UseRepeatedNote() {
    const auto property = std::find_if(
        program_.segments.begin(), program_.segments.end(),
        [](const Elf64_Phdr& s) { return s.p_type == PT_GNU_PROPERTY; });
    if (property == program_.segments.end()) return false;
    const auto note = std::find_if(
        program_.segments.begin(), program_.segments.end(),
        [&property](const Elf64_Phdr& s) {
          return s.p_type == PT_NOTE && s.p_offset == property->p_offset &&
                 s.p_filesz == property->p_filesz &&
                 s.p_vaddr == property->p_vaddr;
        });
    return note != program_.segments.end() &&
           InsertInPlaceOf(note, Room::kRepeatedNote);
  }

  bool IsMovable(const Elf64_Shdr& section) const {
    return (section.sh_flags & SHF_ALLOC) != 0 &&
           (section.sh_type == SHT_NOTE ||
            program_.SectionName(section) == ".interp");
  }

  // Finds what stands right behind the table and can move: all of it does.
  std::optional<uint64_t> EndOfShifted() const {
    const uint64_t table_end = program_.TableEnd();
    const uint64_t needed = table_end + kEntrySize;
    uint64_t end = table_end;
    uint64_t next = 0;
    for (const Elf64_Shdr& section : Behind(program_, table_end)) {
      next = section.sh_offset;
      if (!IsMovable(section) || section.sh_offset < end) break;
      end = section.sh_offset + section.sh_size;
      next = 0;
    }
    if (end == table_end || next == 0) return std::nullopt;
    if (end < needed && !IsFree(program_, end, needed, next)) {
      return std::nullopt;
    }
    return next < needed ? std::nullopt : std::optional(end);
  }

  bool Shift() {
    const std::optional<uint64_t> end = EndOfShifted();
    if (!end) return false;
    const uint64_t begin = program_.TableEnd();
    std::vector<Elf64_Phdr> segments = program_.segments;
    Elf64_Phdr* load = LoadOfTable(program_, segments);
    if (load == nullptr || !Extend(*load, begin + kEntrySize)) return false;
    layout_.shifted_begin = begin;
    layout_.shifted_size = *end - begin;
    const uint64_t to_address =
        layout_.address + layout_.shifted_to() - layout_.offset;
    for (Elf64_Phdr& segment : segments) {
      if (segment.p_type == PT_LOAD || segment.p_type == PT_PHDR ||
          segment.p_filesz == 0 || segment.p_offset >= *end ||
          segment.p_offset + segment.p_filesz <= begin) {
        continue;
      }
      if (segment.p_offset < begin ||
          segment.p_offset + segment.p_filesz > *end ||
          segment.p_align > kShiftAlignment) {
        return false;
      }
      const uint64_t within = segment.p_offset - begin;
      segment.p_offset = layout_.shifted_to() + within;
      segment.p_vaddr = segment.p_paddr = to_address + within;
    }
    layout_.room = Room::kShifted;
    layout_.content =
        AlignUp(layout_.shifted_to() - layout_.offset + layout_.shifted_size,
                kContentAlignment);
    Insert(std::move(segments));
    return true;
  }

  void MoveTable() {
    const Elf64_Phdr* first = nullptr;
    for (const Elf64_Phdr& segment : program_.segments) {
      if (segment.p_type == PT_LOAD) {
        first = &segment;
        break;
      }
    }
    if (first != nullptr && first->p_vaddr >= first->p_offset) {
      const uint64_t base = first->p_vaddr - first->p_offset;
      const uint64_t offset = std::max(layout_.offset, layout_.address - base);
      if (offset - layout_.offset <= kMostPadding) {
        layout_.offset = offset;
        layout_.address = offset + base;
      }
    }
    layout_.shifted_begin = layout_.shifted_size = 0;
    layout_.room = Room::kMovedTable;
    layout_.table_offset = layout_.offset;
    layout_.table_size = (program_.segments.size() + 1) * kEntrySize;
    layout_.content = AlignUp(layout_.table_size, kContentAlignment);
    std::vector<Elf64_Phdr> segments = program_.segments;
    for (Elf64_Phdr& segment : segments) {
      if (segment.p_type != PT_PHDR) continue;
      segment.p_offset = layout_.offset;
      segment.p_vaddr = segment.p_paddr = layout_.address;
    }
    Insert(std::move(segments));
  }

  const Program& program_;
  Layout layout_;
};

}  // namespace

Layout MakeLayout(const Program& program) { return Planner(program).Make(); }

}  // namespace chestnut::patcher
