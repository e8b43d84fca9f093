#ifndef CHESTNUT_FINALYZER_REFINE_H_
#define CHESTNUT_FINALYZER_REFINE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "finalyzer/observation.h"
#include "policy/model.h"

// A policy made better by what was seen.
namespace chestnut::finalyzer {

struct Refinement {
  bool add = false;            // what was seen and the policy lacks
  bool remove_unused = false;  // what the policy has and was not seen
  // Calls that somebody adds or takes away, with the reason: by name.
  std::map<std::string, std::string> allowed_by_hand = {};
  std::map<std::string, std::string> dropped_by_hand = {};
  // Calls made by other programs under the same filter count as the program's
  // own (exec choice "shared").
  bool shared = false;
};

enum class ChangeKind {
  kAdded,    // a call
  kWidened,  // a call may have more arguments
  kRemoved,
  kKept,     // unused, but needed all the same
  kIgnored,  // seen, but not for this policy
};

// One line of the account.
struct Change {
  ChangeKind kind = ChangeKind::kAdded;
  std::string call;
  std::string reason;
  // Of a removed call: what static analysis says about it.
  std::vector<policy::WitnessStep> witness;
};

struct Refined {
  policy::Policy policy;
  std::vector<Change> changes;  // by kind, then by call
};

// Where an entry of a policy comes from, told from its witness.
enum class Provenance { kStatic, kObserved, kByHand, kChestnut };
Provenance ProvenanceOf(const policy::Call& call);
absl::string_view ToString(Provenance provenance);

// Errors: observations of another policy (CheckBelongs), `remove_unused`
// without observations of all calls, names that are no calls, calls dropped by
// hand that must stay. The result is in normal form and valid.
absl::StatusOr<Refined> Refine(const policy::Policy& policy,
                               const Observations& observations,
                               const Refinement& refinement);

// A call that stays though it was not seen, with the reason: what a libc needs
// to fail cleanly, and to end. By name.
struct NeededToFail {
  absl::string_view call;
  absl::string_view reason;
};
const std::vector<NeededToFail>& CallsNeededToFail();

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_REFINE_H_
