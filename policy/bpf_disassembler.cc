#include "policy/bpf_disassembler.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "policy/bpf.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

// What the accumulator can hold at an instruction, as a load's offset.
struct Loaded {
  bool reached = false;
  std::optional<uint32_t> offset;  // empty: nothing, or differs by the way here
};

void Flow(std::vector<Loaded>& loaded, size_t to,
          std::optional<uint32_t> offset) {
  if (to >= loaded.size()) return;
  Loaded& target = loaded[to];
  if (!target.reached) {
    target = {true, offset};
  } else if (target.offset != offset) {
    target.offset.reset();
  }
}

// Jumps only go forward, so one pass sees every way to an instruction first.
std::vector<Loaded> FindLoaded(const Filter& filter) {
  std::vector<Loaded> loaded(filter.size());
  Flow(loaded, 0, std::nullopt);
  for (size_t i = 0; i < filter.size(); ++i) {
    if (!loaded[i].reached) continue;
    const Instruction& instruction = filter[i];
    switch (instruction.code) {
      case kReturn:
        break;
      case kJump:
        Flow(loaded, i + 1 + instruction.k, loaded[i].offset);
        break;
      case kJumpEqual:
      case kJumpAtLeast:
        Flow(loaded, i + 1 + instruction.jump_true, loaded[i].offset);
        Flow(loaded, i + 1 + instruction.jump_false, loaded[i].offset);
        break;
      default:
        Flow(loaded, i + 1,
             instruction.code == kLoad ? std::optional<uint32_t>(instruction.k)
                                       : std::nullopt);
    }
  }
  return loaded;
}

std::string NameOfWord(uint32_t offset) {
  if (offset == kNumberOffset) return "number";
  if (offset == kArchitectureOffset) return "architecture";
  if (offset < LowOffset(0) || offset % 4 != 0 ||
      offset >= sizeof(SeccompData)) {
    return absl::StrCat("word at ", offset);
  }
  return absl::StrCat("argument ", (offset - LowOffset(0)) / 8,
                      offset % 8 == 0 ? " low" : " high");
}

std::string FormatConstant(uint32_t k, const Loaded& loaded) {
  if (loaded.offset == kNumberOffset) {
    const syscalls::Syscall* call = syscalls::FindByNumber(k);
    if (call != nullptr) return absl::StrCat(k, " (", call->name, ")");
    if (k <= syscalls::kMaxKnown + 1) return absl::StrCat(k);
  }
  return absl::StrCat("0x", absl::Hex(k));
}

std::string Describe(const Instruction& instruction, size_t place,
                     const Loaded& loaded) {
  const std::string word =
      loaded.offset ? NameOfWord(*loaded.offset) : std::string("word");
  switch (instruction.code) {
    case kReturn:
      return absl::StrCat("return ", FormatReturn(instruction.k));
    case kLoad:
      return absl::StrCat("load ", NameOfWord(instruction.k));
    case kJump:
      return absl::StrCat("go to ", place + 1 + instruction.k);
    case kJumpEqual:
    case kJumpAtLeast:
      return absl::StrCat("if ", word,
                          instruction.code == kJumpEqual ? " == " : " >= ",
                          FormatConstant(instruction.k, loaded), " go to ",
                          place + 1 + instruction.jump_true, " else ",
                          place + 1 + instruction.jump_false);
    default:
      return absl::StrCat("unknown code 0x", absl::Hex(instruction.code),
                          " k 0x", absl::Hex(instruction.k));
  }
}

}  // namespace

std::string FormatReturn(uint32_t value) {
  const uint32_t data = value & kReturnDataMask;
  switch (value & ~kReturnDataMask) {
    case kReturnErrno:
      return absl::StrCat("ERRNO ", data);
    case kReturnAllow:
      return "ALLOW";
    case kReturnKillProcess:
      return "KILL_PROCESS";
    case kReturnTrap:
      return "TRAP";
    case kReturnUserNotification:
      return "USER_NOTIF";
    case kReturnLog:
      return "LOG";
    default:
      return absl::StrCat("0x", absl::Hex(value));
  }
}

std::string Disassemble(const Filter& filter) {
  const std::vector<Loaded> loaded = FindLoaded(filter);
  std::string text;
  for (size_t place = 0; place < filter.size(); ++place) {
    absl::StrAppendFormat(&text, "%4d  %s\n", place,
                          Describe(filter[place], place, loaded[place]));
  }
  return text;
}

}  // namespace chestnut::policy
