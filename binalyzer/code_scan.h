// What can be told of machine code without decoding it.
#ifndef CHESTNUT_BINALYZER_CODE_SCAN_H_
#define CHESTNUT_BINALYZER_CODE_SCAN_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"

namespace chestnut::binalyzer {

// The offsets in `code` from `begin` to before `end` where the bytes of
// `syscall`, `sysenter` or `int $0x80` stand. Whatever the instruction borders
// are, code without these bytes makes no system call.
std::vector<uint64_t> FindSyscallBytes(absl::string_view code, uint64_t begin,
                                       uint64_t end);

// The offsets where a call or jump through a register or memory may begin.
std::vector<uint64_t> FindIndirectCallBytes(absl::string_view code);

// The 32-bit displacement at `offset`, as the target of a pc-relative operand
// that ends there, if the target is inside `code`.
std::optional<uint64_t> RelativeTarget(absl::string_view code, uint64_t offset);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_CODE_SCAN_H_
