#ifndef CHESTNUT_SYSCALLS_ARGUMENTS_H_
#define CHESTNUT_SYSCALLS_ARGUMENTS_H_

#include <cstdint>
#include <string>

#include "absl/types/span.h"

namespace chestnut::syscalls {

// An argument that policies restrict where every value is known: those where a
// small set of constants decides what the call can do.
struct RuledArgument {
  int number = 0;
  int index = 0;
};

// Sorted by number and index.
absl::Span<const RuledArgument> RuledArguments();

// Whether rules are made for argument `index` (from 0) of call `number`.
bool IsRuled(int number, int index);

// The value as a person writes it ("PROT_READ|PROT_WRITE", "F_SETFD"), or in
// hexadecimal where no names are known. Only for messages.
std::string FormatArgument(int number, int index, uint64_t value);

}  // namespace chestnut::syscalls

#endif  // CHESTNUT_SYSCALLS_ARGUMENTS_H_
