// Where one more program header goes.
#ifndef CHESTNUT_PATCHER_LAYOUT_H_
#define CHESTNUT_PATCHER_LAYOUT_H_

#include <elf.h>

#include <cstdint>
#include <vector>

#include "patcher/program.h"

namespace chestnut::patcher {

// How room was found, the gentlest way first.
enum class Room {
  // An unused entry, or zeros behind the table.
  kThere,
  // A PT_NOTE that repeats PT_GNU_PROPERTY: both loader and kernel read the
  // latter (glibc's elf/rtld.c passes over such a PT_NOTE).
  kRepeatedNote,
  // What stands behind the table (.interp, notes) moves to the new segment.
  kShifted,
  // The table moves to the new segment. Kernels before 5.18 tell the program
  // that its table lies where it would if the first segment went on to there
  // (fs/binfmt_elf.c, phdr_addr), so the new segment is placed where both say
  // the same, unless that is megabytes away. strip does not know such tables.
  kMovedTable,
};

// What is shifted keeps its alignment up to this.
inline constexpr uint64_t kShiftAlignment = 64;

// The program's headers with one more PT_LOAD for a segment at the end of the
// file.
struct Layout {
  Room room = Room::kThere;
  std::vector<Elf64_Phdr> segments;  // in the table's new order
  size_t added = 0;                  // index of the new one
  uint64_t table_offset = 0;
  // Of the new segment, at page boundaries. What comes first in it, in order:
  uint64_t offset = 0;
  uint64_t address = 0;
  uint64_t table_size = 0;     // kMovedTable: room for the table
  uint64_t shifted_begin = 0;  // kShifted: these bytes of the file, from
  uint64_t shifted_size = 0;   //           shifted_to() on
  // Where the segment's own contents begin, relative to it.
  uint64_t content = 0;

  uint64_t shifted_to() const {
    return offset + shifted_begin % kShiftAlignment;
  }
};

// The file and memory sizes of the new segment are the caller's to fill in.
Layout MakeLayout(const Program& program);

}  // namespace chestnut::patcher

#endif  // CHESTNUT_PATCHER_LAYOUT_H_
