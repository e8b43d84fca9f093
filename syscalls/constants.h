#ifndef CHESTNUT_SYSCALLS_CONSTANTS_H_
#define CHESTNUT_SYSCALLS_CONSTANTS_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

// Names of the kernel's constants, for messages only; no decision rests on
// them. Combinations stand before their parts.
namespace chestnut::syscalls {

struct NamedConstant {
  uint64_t value = 0;
  absl::string_view name;
};

absl::Span<const NamedConstant> ProtectionNames();
absl::Span<const NamedConstant> MapFlagNames();
absl::Span<const NamedConstant> OpenFlagNames();
absl::Span<const NamedConstant> SocketDomainNames();
absl::Span<const NamedConstant> SocketTypeNames();
absl::Span<const NamedConstant> SocketFlagNames();
absl::Span<const NamedConstant> CloneFlagNames();
absl::Span<const NamedConstant> FcntlNames();
absl::Span<const NamedConstant> PrctlNames();
absl::Span<const NamedConstant> IoctlNames();

}  // namespace chestnut::syscalls

#endif  // CHESTNUT_SYSCALLS_CONSTANTS_H_
