// The headers of a program that is to be patched, checked.
#ifndef CHESTNUT_PATCHER_PROGRAM_H_
#define CHESTNUT_PATCHER_PROGRAM_H_

#include <elf.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace chestnut::patcher {

inline constexpr uint64_t kPageSize = 4096;

constexpr uint64_t AlignUp(uint64_t value, uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

struct Program {
  absl::string_view bytes;
  Elf64_Ehdr header = {};
  std::vector<Elf64_Phdr> segments;
  // Empty if the file has none, or if they are not what a linker writes: the
  // kernel does not look at them.
  std::vector<Elf64_Shdr> sections;
  absl::string_view section_names;  // of index header.e_shstrndx

  absl::string_view SectionName(const Elf64_Shdr& section) const;
  uint64_t TableEnd() const;  // of the program headers, an offset
  // The segment that the kernel loads `address` from, or null.
  const Elf64_Phdr* LoadAt(uint64_t address) const;
  // The end of the last loaded segment in memory, on a page boundary.
  uint64_t MemoryEnd() const;
  // In hexadecimal, from PT_NOTE; empty if there is none.
  std::string BuildId() const;
};

// Reads the headers; every range that they name lies in the file, and address
// arithmetic on them does not overflow. `bytes` must outlive the result.
// InvalidArgument, in one line that begins with `origin`: a script, another
// architecture, cut off, no program (a library, an object, a core).
absl::StatusOr<Program> ReadProgram(absl::string_view bytes,
                                    absl::string_view origin);

// InvalidArgument if the program would not run, or not be confined, with a
// stub before its entry point: it is packed or its code writable, it has data
// behind its ELF contents that it expects at the end of the file.
absl::Status CheckSuitable(const Program& program, absl::string_view origin);

}  // namespace chestnut::patcher

#endif  // CHESTNUT_PATCHER_PROGRAM_H_
