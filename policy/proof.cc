#include "policy/proof.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "policy/bpf.h"
#include "policy/bpf_disassembler.h"
#include "policy/bpf_evaluator.h"
#include "policy/model.h"
#include "policy/verdict.h"
#include "runtime/canary.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

constexpr uint64_t kFull = ~uint64_t{0};

// x86-64's own stands first. The others: i386, arm64, a 32-bit variant of ours,
// and neighbours.
constexpr uint32_t kArchitectures[] = {
    kArchitectureX86_64,     kArchitectureI386,       0xc00000b7, 0x4000003e,
    kArchitectureX86_64 - 1, kArchitectureX86_64 + 1, 0,          0xffffffff};

class Prover {
 public:
  Prover(const Policy& policy, const Filter& filter)
      : policy_(policy), filter_(filter), enforced_(EnforcedCalls(policy)) {
    for (const Instruction& instruction : filter) {
      if (instruction.code != kJumpEqual && instruction.code != kJumpAtLeast) {
        continue;
      }
      for (uint32_t delta : {0u, 1u, 0xffffffffu}) {
        constants_.insert(instruction.k + delta);
      }
    }
  }

  absl::Status Prove() {
    for (uint32_t number : Numbers()) {
      for (uint32_t architecture : kArchitectures) {
        for (uint64_t content : {uint64_t{0}, kFull}) {
          SeccompData data;
          data.number = number;
          data.architecture = architecture;
          data.instruction_pointer = content;
          data.arguments.fill(content);
          Try(data);
        }
      }
    }
    for (const Call& call : enforced_) ProveRules(call);
    return status_;
  }

 private:
  std::set<uint32_t> Numbers() const {
    std::set<uint32_t> numbers = constants_;
    for (uint32_t n = 0; n <= syscalls::kMaxKnown + 2; ++n) {
      numbers.insert(n);
      numbers.insert(n | syscalls::kX32Bit);
    }
    for (int bit = 0; bit < 32; ++bit) {
      numbers.insert(uint32_t{1} << bit);
      numbers.insert((uint32_t{1} << bit) - 1);
      numbers.insert(-(uint32_t{1} << bit));
    }
    for (uint32_t delta : {0u, 1u, 0xffffffffu}) {
      numbers.insert(CHESTNUT_CANARY_NUMBER + delta);
    }
    return numbers;
  }

  // Values around those of the rule and around all that the filter compares
  // with, in each half, and with every kind of garbage in the upper half.
  std::set<uint64_t> Candidates(const ArgumentRule& rule) const {
    std::set<uint64_t> values = {
        0, 1, 0xffffffff, uint64_t{1} << 32, uint64_t{1} << 63, kFull};
    const uint64_t other = rule.values.back();
    for (uint64_t value : rule.values) {
      for (uint64_t near : {value, value - 1, value + 1}) {
        values.insert(near);
        for (uint64_t garbage : {uint64_t{1}, uint64_t{0x80000000},
                                 uint64_t{0xdeadbeef}, uint64_t{0xffffffff}}) {
          values.insert(near ^ garbage << 32);
        }
      }
      values.insert((value & 0xffffffff) | (other >> 32 << 32));
      values.insert((other & 0xffffffff) | (value >> 32 << 32));
    }
    for (uint64_t constant : constants_) {
      values.insert((other >> 32 << 32) | constant);
      values.insert((constant << 32) | (other & 0xffffffff));
    }
    return values;
  }

  void ProveRules(const Call& call) {
    if (call.arguments.empty()) return;
    SeccompData data;
    data.number = static_cast<uint32_t>(call.number);
    data.architecture = kArchitectureX86_64;
    for (const ArgumentRule& rule : call.arguments) {
      for (uint64_t value : Candidates(rule)) {
        // The other rules kept (by their first or last values) or broken.
        for (int variant = 0; variant < 3; ++variant) {
          data.arguments.fill(variant == 0 ? 0 : kFull);
          for (const ArgumentRule& kept : call.arguments) {
            if (variant == 2) break;
            data.arguments[static_cast<size_t>(kept.index)] =
                variant == 0 ? kept.values.front() : kept.values.back();
          }
          data.arguments[static_cast<size_t>(rule.index)] = value;
          Try(data);
        }
      }
    }
  }

  void Try(const SeccompData& data) {
    if (!status_.ok()) return;
    const Evaluation found = Evaluate(filter_, data);
    const uint32_t expected = Verdict(policy_, enforced_, data);
    if (found.result != expected) {
      status_ = absl::InternalError(absl::StrCat(
          "the filter differs from its policy at ", Describe(data),
          ": it answers ", FormatReturn(found.result), ", the policy says ",
          FormatReturn(expected), "; this is a fault in Chestnut"));
      return;
    }
    const Call* call = FindCall(enforced_, static_cast<int>(data.number));
    const bool has_rules = call != nullptr && !call->arguments.empty();
    if (found.read_arguments && !has_rules) {
      status_ = absl::InternalError(
          absl::StrCat("the filter reads arguments at ", Describe(data),
                       " without need; this is a fault in Chestnut"));
    }
  }

  static std::string Describe(const SeccompData& data) {
    std::string text = absl::StrCat(
        "number ", data.number, " (", syscalls::NameOrNumber(data.number),
        "), architecture 0x", absl::Hex(data.architecture), ", arguments");
    for (uint64_t argument : data.arguments) {
      absl::StrAppend(&text, " 0x", absl::Hex(argument));
    }
    return text;
  }

  const Policy& policy_;
  const Filter& filter_;
  const std::vector<Call> enforced_;
  std::set<uint32_t> constants_;  // of the filter, with their neighbours
  absl::Status status_;
};

}  // namespace

absl::Status ProveFilter(const Policy& policy, const Filter& filter) {
  if (absl::Status status = CheckFilter(filter); !status.ok()) {
    return absl::InternalError(status.message());
  }
  return Prover(policy, filter).Prove();
}

}  // namespace chestnut::policy
