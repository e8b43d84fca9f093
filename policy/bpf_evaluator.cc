#include "policy/bpf_evaluator.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "policy/bpf.h"

namespace chestnut::policy {
namespace {

absl::Status Wrong(size_t place, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("filter instruction ", place, ": ", what));
}

absl::Status CheckInstruction(const Filter& filter, size_t place) {
  const Instruction& instruction = filter[place];
  const size_t after = filter.size() - place - 1;  // instructions that follow
  switch (instruction.code) {
    case kReturn:
      return absl::OkStatus();
    case kLoad:
      if (instruction.k % 4 != 0 || instruction.k >= sizeof(SeccompData)) {
        return Wrong(place, "loads from outside the seccomp data");
      }
      if (after == 0) return Wrong(place, "the filter does not end here");
      return absl::OkStatus();
    case kJump:
      if (instruction.k >= after) return Wrong(place, "jumps out");
      return absl::OkStatus();
    case kJumpEqual:
    case kJumpAtLeast:
      if (instruction.jump_true >= after || instruction.jump_false >= after) {
        return Wrong(place, "jumps out");
      }
      return absl::OkStatus();
    default:
      return Wrong(place, absl::StrCat("code 0x", absl::Hex(instruction.code),
                                       " is none that Chestnut's filters use"));
  }
}

}  // namespace

absl::Status CheckFilter(const Filter& filter) {
  if (filter.empty() || filter.size() > kMaxInstructions) {
    return absl::InvalidArgumentError(
        absl::StrCat("the filter has ", filter.size(),
                     " instructions, not 1 to ", kMaxInstructions));
  }
  for (size_t place = 0; place < filter.size(); ++place) {
    if (absl::Status status = CheckInstruction(filter, place); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

Evaluation Evaluate(const Filter& filter, const SeccompData& data) {
  Evaluation evaluation;
  uint32_t accumulator = 0;
  for (size_t place = 0;; ++place) {
    const Instruction& instruction = filter[place];
    ++evaluation.instructions;
    switch (instruction.code) {
      case kLoad:
        std::memcpy(&accumulator,
                    reinterpret_cast<const char*>(&data) + instruction.k,
                    sizeof(accumulator));
        if (instruction.k > kArchitectureOffset) {
          evaluation.read_arguments = true;
        }
        break;
      case kJump:
        place += instruction.k;
        break;
      case kJumpEqual:
        place += accumulator == instruction.k ? instruction.jump_true
                                              : instruction.jump_false;
        break;
      case kJumpAtLeast:
        place += accumulator >= instruction.k ? instruction.jump_true
                                              : instruction.jump_false;
        break;
      default:  // kReturn: CheckFilter lets nothing else through
        evaluation.result = instruction.k;
        return evaluation;
    }
  }
}

}  // namespace chestnut::policy
