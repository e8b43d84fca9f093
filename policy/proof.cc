#include "policy/proof.h"

#include <algorithm>
#include <cstddef>
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

// More than any real call has; beyond it the rules are proved one by one only.
constexpr size_t kMostCombinations = 100000;
constexpr size_t kMostPairs = 100000;

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

  // Every half that the rule or the filter compares with, and its neighbours.
  std::set<uint64_t> Halves(const ArgumentRule& rule, int shift) const {
    std::set<uint64_t> halves = {0, 1, 0x80000000, 0xdeadbeef, 0xffffffff};
    halves.insert(constants_.begin(), constants_.end());
    for (uint64_t value : rule.values) {
      const auto half = static_cast<uint32_t>(value >> shift);
      for (uint32_t delta : {0u, 1u, 0xffffffffu}) halves.insert(half + delta);
    }
    return halves;
  }

  // Pairs of halves: all of them where they are not too many, else those with
  // one half of an allowed value. In the upper half of an int nothing counts:
  // there only kinds of garbage are tried.
  std::set<uint64_t> Candidates(const ArgumentRule& rule) const {
    const std::set<uint64_t> lows = Halves(rule, 0);
    const std::set<uint64_t> highs = Halves(rule, 32);
    std::set<uint64_t> values;
    auto combine = [&](const auto& some_highs, const auto& some_lows) {
      for (uint64_t high : some_highs) {
        for (uint64_t low : some_lows) values.insert(high << 32 | low);
      }
    };
    std::set<uint64_t> allowed_lows;
    std::set<uint64_t> allowed_highs = {0, 1, 0xffffffff};
    for (uint64_t value : rule.values) {
      allowed_lows.insert(value & 0xffffffff);
      allowed_highs.insert(value >> 32);
    }
    combine(allowed_highs, lows);
    if (rule.width == 32) {
      combine(highs, std::set<uint64_t>{rule.values.back()});
    } else if (lows.size() * highs.size() <= kMostPairs) {
      combine(highs, lows);
    } else {
      combine(highs, allowed_lows);
    }
    return values;
  }

  // Every combination of allowed values and one that is not, over all rules.
  void ProveCombinations(const Call& call, size_t rule, SeccompData& data) {
    if (rule == call.arguments.size()) return Try(data);
    const ArgumentRule& current = call.arguments[rule];
    std::vector<uint64_t> values = current.values;
    values.push_back(current.values.back() ^ 0x55);
    for (uint64_t value : values) {
      data.arguments[static_cast<size_t>(current.index)] = value;
      ProveCombinations(call, rule + 1, data);
    }
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
    size_t combinations = 1;
    for (const ArgumentRule& rule : call.arguments) {
      combinations *= rule.values.size() + 1;
      if (combinations > kMostCombinations) return;
    }
    ProveCombinations(call, 0, data);
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
