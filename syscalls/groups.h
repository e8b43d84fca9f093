#ifndef CHESTNUT_SYSCALLS_GROUPS_H_
#define CHESTNUT_SYSCALLS_GROUPS_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

// System calls by what they are for. For people only: no policy is made of
// groups.
namespace chestnut::syscalls {

// What an attacker inside a process gains by a group.
enum class Danger {
  kHigh,    // runs other code, looks into or changes other processes and the
            // system, or is a large and often broken part of the kernel
  kMedium,  // reaches files, the network, other processes by name
  kLow
};

struct Group {
  absl::string_view name;
  Danger danger = Danger::kLow;
  absl::string_view about;  // what it lets a program do, half a sentence
  absl::string_view calls;  // their names, a blank between two
};

// All groups, the most dangerous first. Every call of the table is in exactly
// one.
absl::Span<const Group> Groups();

// The group of a call of the table; the last one for other numbers.
const Group& GroupOf(int number);

}  // namespace chestnut::syscalls

#endif  // CHESTNUT_SYSCALLS_GROUPS_H_
