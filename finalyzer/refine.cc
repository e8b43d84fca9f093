#include "finalyzer/refine.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "finalyzer/observation.h"
#include "policy/model.h"
#include "syscalls/arguments.h"
#include "syscalls/table.h"

namespace chestnut::finalyzer {
namespace {

using policy::ArgumentRule;
using policy::Call;
using policy::Policy;

constexpr absl::string_view kObserved = "observed";
constexpr absl::string_view kByHand = "by hand";
constexpr absl::string_view kChestnut = "chestnut";
constexpr char kAdvice[] = "; --add adds it";

// Everything that was seen of one call, over all its places.
struct Sum {
  uint64_t count = 0;
  std::map<int, ArgumentSeen> arguments;
  std::set<std::string> programs;
  Place place;  // the one seen most often
  uint64_t most = 0;
};

void AddTo(Sum& sum, const CallSite& site, const Seen& seen) {
  sum.count += seen.count;
  sum.programs.insert(site.program);
  if (seen.count > sum.most) {
    sum.most = seen.count;
    sum.place = site.place;
  }
  for (const auto& [index, from] : seen.arguments) {
    ArgumentSeen& to = sum.arguments[index];
    to.values.insert(from.values.begin(), from.values.end());
    to.any |= from.any;
  }
}

std::string HowSeen(const Sum& sum) {
  return absl::StrCat("seen ", sum.count, sum.count == 1 ? " time" : " times",
                      " in ", absl::StrJoin(sum.programs, ", "));
}

policy::WitnessStep ObservedStep(const Sum& sum, absl::string_view what) {
  return {.function = std::string(kObserved),
          .place = sum.place.module.empty() ? "" : ToString(sum.place),
          .reason = absl::StrCat(what, HowSeen(sum))};
}

int WidthOf(int number, int index) {
  const syscalls::Syscall* call = syscalls::FindByNumber(number);
  return call->arguments[static_cast<size_t>(index)].width;
}

class Refiner {
 public:
  Refiner(const Policy& policy, const Observations& observations,
          const Refinement& refinement)
      : refinement_(refinement), recorded_(observations.recorded) {
    result_.policy = policy;
    for (const auto& [site, seen] : observations.calls) Sort(site, seen);
  }

  absl::StatusOr<Refined> Finish() {
    absl::Status status;
    AddSeen();
    if (refinement_.remove_unused) status = RemoveUnused();
    if (status.ok()) status = ChangeByHand();
    if (!status.ok()) return status;
    std::sort(result_.changes.begin(), result_.changes.end(),
              [](const Change& a, const Change& b) {
                return a.kind != b.kind ? a.kind < b.kind : a.call < b.call;
              });
    Normalize(result_.policy);
    status = Validate(result_.policy);
    if (!status.ok()) return status;
    return std::move(result_);
  }

 private:
  // What counts for the policy, and what does not.
  void Sort(const CallSite& site, const Seen& seen) {
    if (site.abi != Abi::kX86_64) {
      Ignore(absl::StrCat(ToString(site.abi), " call ", site.number),
             "policies are of 64-bit x86-64 calls only; no policy allows it");
      return;
    }
    const std::string name = syscalls::NameOrNumber(site.number);
    if (syscalls::FindByNumber(site.number) == nullptr) {
      Ignore(name, "this version of Chestnut does not know the call");
      return;
    }
    used_.insert(site.number);
    if (site.program != result_.policy.program && !refinement_.shared) {
      // What the policy allows anyhow is nobody's business.
      if (site.answer != Answer::kAllowed) {
        Ignore(name, absl::StrCat("made by '", site.program,
                                  "', which runs under the same filter; "
                                  "--exec-policy shared adds it"));
      }
      return;
    }
    if (site.answer == Answer::kDenied) {
      Ignore(name, "somebody denied it");
      return;
    }
    AddTo(seen_[site.number], site, seen);
  }

  void Ignore(const std::string& call, const std::string& reason) {
    for (const Change& change : result_.changes) {
      if (change.call == call && change.reason == reason) return;
    }
    result_.changes.push_back({ChangeKind::kIgnored, call, reason, {}});
  }

  Call* Find(int number) {
    for (Call& call : result_.policy.calls) {
      if (call.number == number) return &call;
    }
    return nullptr;
  }

  void AddSeen() {
    for (const auto& [number, sum] : seen_) {
      if (Call* call = Find(number); call != nullptr) {
        Widen(*call, sum);
      } else {
        Add(number, sum);
      }
    }
  }

  void Add(int number, const Sum& sum) {
    Call call;
    call.name = syscalls::NameOrNumber(number);
    call.number = number;
    for (const auto& [index, seen] : sum.arguments) {
      if (!syscalls::IsRuled(number, index)) continue;
      if (seen.any || seen.values.empty()) continue;
      call.arguments.push_back({index,
                                WidthOf(number, index),
                                {seen.values.begin(), seen.values.end()}});
    }
    call.witness = {ObservedStep(sum, "")};
    if (!refinement_.add) return Ignore(call.name, HowSeen(sum) + kAdvice);
    result_.changes.push_back(
        {ChangeKind::kAdded, call.name, HowSeen(sum), call.witness});
    result_.policy.calls.push_back(std::move(call));
  }

  void Widen(Call& call, const Sum& sum) {
    std::vector<std::string> more;
    std::vector<ArgumentRule> rules;
    for (ArgumentRule rule : call.arguments) {
      auto found = sum.arguments.find(rule.index);
      if (found == sum.arguments.end() || found->second.any) {
        // Seen with more values than anybody kept.
        if (found != sum.arguments.end()) {
          more.push_back(absl::StrCat("argument ", rule.index + 1, " is free"));
          continue;
        }
        rules.push_back(std::move(rule));
        continue;
      }
      for (uint64_t value : found->second.values) {
        if (std::binary_search(rule.values.begin(), rule.values.end(), value)) {
          continue;
        }
        more.push_back(absl::StrCat(
            "argument ", rule.index + 1, " = ",
            syscalls::FormatArgument(call.number, rule.index, value)));
        rule.values.insert(
            std::upper_bound(rule.values.begin(), rule.values.end(), value),
            value);
      }
      rules.push_back(std::move(rule));
    }
    if (more.empty()) return;
    const std::string what = absl::StrCat(absl::StrJoin(more, ", "), "; ");
    if (!refinement_.add) {
      return Ignore(call.name, what + HowSeen(sum) + kAdvice);
    }
    call.arguments = std::move(rules);
    call.witness.push_back(ObservedStep(sum, what));
    result_.changes.push_back({ChangeKind::kWidened,
                               call.name,
                               absl::StrCat(what, HowSeen(sum)),
                               {call.witness.back()}});
  }

  absl::Status RemoveUnused() {
    if (recorded_ != Recorded::kAll) {
      return absl::InvalidArgumentError(
          "refine: --remove-unused needs to know every call that was made, and "
          "these observations are of missing calls only; make them with "
          "chestnut run --trace-all");
    }
    std::map<absl::string_view, absl::string_view> needed;
    for (const NeededToFail& entry : CallsNeededToFail()) {
      needed.emplace(entry.call, entry.reason);
    }
    std::vector<Call> kept;
    for (Call& call : result_.policy.calls) {
      auto need = needed.find(call.name);
      if (used_.count(call.number) != 0 ||
          ProvenanceOf(call) == Provenance::kByHand) {
        kept.push_back(std::move(call));
      } else if (need != needed.end() ||
                 ProvenanceOf(call) == Provenance::kChestnut) {
        const std::string reason = need != needed.end()
                                       ? std::string(need->second)
                                       : call.witness.front().reason;
        result_.changes.push_back({ChangeKind::kKept, call.name, reason, {}});
        kept.push_back(std::move(call));
      } else {
        result_.changes.push_back(
            {ChangeKind::kRemoved, call.name, "never seen", call.witness});
      }
    }
    result_.policy.calls = std::move(kept);
    return absl::OkStatus();
  }

  absl::Status ChangeByHand() {
    for (const auto& [name, reason] : refinement_.allowed_by_hand) {
      const syscalls::Syscall* known = syscalls::FindByName(name);
      if (known == nullptr) return NoCall(name);
      Call call;
      call.name = name;
      call.number = known->number;
      call.witness = {{std::string(kByHand), "", reason}};
      result_.changes.push_back(
          {ChangeKind::kAdded, name, absl::StrCat("by hand: ", reason), {}});
      // Its rules go: whoever allows a call by hand allows it as it is.
      std::erase_if(result_.policy.calls, [&](const Call& old) {
        return old.number == known->number;
      });
      result_.policy.calls.push_back(std::move(call));
    }
    for (const auto& [name, reason] : refinement_.dropped_by_hand) {
      const syscalls::Syscall* known = syscalls::FindByName(name);
      if (known == nullptr) return NoCall(name);
      const Call* call = Find(known->number);
      if (call == nullptr) continue;
      if (ProvenanceOf(*call) == Provenance::kChestnut) {
        return absl::InvalidArgumentError(absl::StrCat(
            "refine: ", name,
            " cannot be taken away: ", call->witness.front().reason));
      }
      result_.changes.push_back({ChangeKind::kRemoved, name,
                                 absl::StrCat("by hand: ", reason),
                                 call->witness});
      std::erase_if(result_.policy.calls, [&](const Call& old) {
        return old.number == known->number;
      });
    }
    return absl::OkStatus();
  }

  static absl::Status NoCall(const std::string& name) {
    return absl::InvalidArgumentError(absl::StrCat(
        "refine: '", name, "' is no system call of x86-64; see chestnut show"));
  }

  const Refinement& refinement_;
  const Recorded recorded_;
  std::map<int, Sum> seen_;  // that counts for the policy, by number
  // By number, whoever made it: what one takes away is missed by all.
  std::set<int> used_;
  Refined result_;
};

}  // namespace

Provenance ProvenanceOf(const Call& call) {
  if (call.witness.empty()) return Provenance::kStatic;
  const std::string& root = call.witness.front().function;
  if (root == kObserved) return Provenance::kObserved;
  if (root == kByHand) return Provenance::kByHand;
  if (root == kChestnut && call.witness.size() == 1) {
    return Provenance::kChestnut;
  }
  return Provenance::kStatic;
}

absl::string_view ToString(Provenance provenance) {
  switch (provenance) {
    case Provenance::kStatic:
      return "static analysis";
    case Provenance::kObserved:
      return "observed";
    case Provenance::kByHand:
      return "by hand";
    case Provenance::kChestnut:
      break;
  }
  return "needed by every program";
}

absl::StatusOr<Refined> Refine(const Policy& policy,
                               const Observations& observations,
                               const Refinement& refinement) {
  return Refiner(policy, observations, refinement).Finish();
}

}  // namespace chestnut::finalyzer
