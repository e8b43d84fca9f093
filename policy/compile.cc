#include "policy/compile.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "policy/bpf.h"
#include "policy/decision.h"
#include "policy/model.h"
#include "policy/proof.h"
#include "policy/verdict.h"
#include "runtime/canary.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

using Node = DecisionGraph::Node;
using Interval = DecisionGraph::Interval;

// When a filter is installed the kernel interprets it once for each number
// that it has (kernel/seccomp.c, seccomp_cache_prepare), to answer calls
// without rules from memory from then on; only those with rules run the filter
// each time.
constexpr uint32_t kPlainWeight = 1;
constexpr uint32_t kRuledWeight = 64;

// `then` where the loaded word is one of `values` (ascending), else
// `otherwise`.
struct Choice {
  uint32_t value;
  Node target;
};
Node Choose(const std::vector<Choice>& choices, Node otherwise,
            DecisionGraph& graph) {
  std::vector<Interval> intervals = {{0, otherwise, 0}};
  for (const Choice& choice : choices) {
    if (intervals.back().first == choice.value) intervals.pop_back();
    intervals.push_back({choice.value, choice.target, kPlainWeight});
    if (choice.value != 0xffffffff) {
      intervals.push_back({choice.value + 1, otherwise, 0});
    }
  }
  return graph.Decide(intervals);
}

Node CompileRule(const ArgumentRule& rule, Node accepted, Node denied,
                 DecisionGraph& graph) {
  // By upper half; 32-bit rules have one group and do not look at it.
  std::map<uint32_t, std::vector<Choice>> groups;
  for (uint64_t value : rule.values) {
    groups[static_cast<uint32_t>(value >> 32)].push_back(
        {static_cast<uint32_t>(value), accepted});
  }
  std::vector<Choice> halves;
  halves.reserve(groups.size());
  for (const auto& [high, lows] : groups) {
    halves.push_back(
        {high, graph.Load(LowOffset(rule.index), Choose(lows, denied, graph))});
  }
  if (rule.width == 32) return halves.front().target;
  return graph.Load(HighOffset(rule.index), Choose(halves, denied, graph));
}

Node CompileCall(const Call& call, Node allowed, Node denied,
                 DecisionGraph& graph) {
  Node node = allowed;
  for (auto rule = call.arguments.rbegin(); rule != call.arguments.rend();
       ++rule) {
    node = CompileRule(*rule, node, denied, graph);
  }
  return node;
}

Node CompileNumbers(const Policy& policy, DecisionGraph& graph) {
  std::map<uint32_t, const Call*> calls;
  const std::vector<Call> enforced = EnforcedCalls(policy);
  for (const Call& call : enforced) {
    calls[static_cast<uint32_t>(call.number)] = &call;
  }
  const Node allowed = graph.Return(kReturnAllow);
  const Node denied = graph.Return(DeniedVerdict(policy));

  std::vector<Interval> intervals;
  auto add_missing = [&](uint32_t number) {
    intervals.push_back({number, graph.Return(VerdictOfMissing(policy, number)),
                         number <= syscalls::kMaxKnown ? kPlainWeight : 0});
  };
  for (uint32_t number = 0; number <= syscalls::kMaxKnown; ++number) {
    auto found = calls.find(number);
    if (found == calls.end()) {
      add_missing(number);
      continue;
    }
    const Node node = CompileCall(*found->second, allowed, denied, graph);
    intervals.push_back(
        {number, node, node == allowed ? kPlainWeight : kRuledWeight});
  }
  for (uint32_t number :
       {uint32_t{syscalls::kMaxKnown + 1}, uint32_t{CHESTNUT_CANARY_NUMBER},
        uint32_t{CHESTNUT_CANARY_NUMBER + 1}, syscalls::kX32Bit,
        uint32_t{0xffffffff}}) {
    add_missing(number);
  }
  return graph.Decide(intervals);
}

}  // namespace

bool Enforces(Mode mode) { return mode != Mode::kLog && mode != Mode::kNotify; }

absl::StatusOr<Filter> CompileFilter(const Policy& policy) {
  if (absl::Status status = Validate(policy); !status.ok()) return status;
  if (!policy.incomplete.empty() && Enforces(policy.mode)) {
    const Incomplete& first = policy.incomplete.front();
    return absl::FailedPreconditionError(
        absl::StrCat("the policy is incomplete in ", policy.incomplete.size(),
                     " places and cannot be enforced; the first is ",
                     first.place, ": ", first.reason));
  }
  DecisionGraph graph;
  const Node root = graph.Load(
      kArchitectureOffset,
      graph.IfEqual(kArchitectureX86_64,
                    graph.Load(kNumberOffset, CompileNumbers(policy, graph)),
                    graph.Return(ForeignVerdict(policy))));
  absl::StatusOr<Filter> filter = graph.Emit(root);
  if (!filter.ok()) return filter;
  if (absl::Status status = ProveFilter(policy, *filter); !status.ok()) {
    return status;
  }
  return filter;
}

}  // namespace chestnut::policy
