#ifndef CHESTNUT_SYSCALLS_TABLE_H_
#define CHESTNUT_SYSCALLS_TABLE_H_

#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace chestnut::syscalls {

// The highest number this table knows (Linux 7.1). A filter answers larger ones
// with ENOSYS, so that a libc newer than the table falls back.
inline constexpr int kMaxKnown = 471;

// Bit 30 of a number marks a call of the x32 ABI.
inline constexpr uint32_t kX32Bit = 0x40000000;

struct Argument {
  // How many bits of the register mean something to the kernel, 32 or 64. The
  // other half of a 32-bit argument is garbage by the ABI.
  uint8_t width = 0;
  // An address in the caller's memory: its value says nothing about what the
  // call does, and the memory can change after the filter has looked.
  bool pointer = false;
};

// One system call of x86-64, as its definition in the kernel has it.
struct Syscall {
  int number = 0;
  absl::string_view name;
  int argument_count = 0;
  std::array<Argument, 6> arguments;
  // The first kernel that has it ("2.6.16"), empty where not known.
  absl::string_view since;
};

// Null if there is no such call. The pointers live as long as the program.
const Syscall* FindByNumber(int64_t number);
const Syscall* FindByName(absl::string_view name);

// All calls, by number. Numbers 337 to 423 are not given to any.
absl::Span<const Syscall> All();

// "openat", or "unknown call 1234": for messages.
std::string NameOrNumber(int64_t number);

}  // namespace chestnut::syscalls

#endif  // CHESTNUT_SYSCALLS_TABLE_H_
