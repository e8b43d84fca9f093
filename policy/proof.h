#ifndef CHESTNUT_POLICY_PROOF_H_
#define CHESTNUT_POLICY_PROOF_H_

#include "absl/status/status.h"
#include "policy/bpf.h"
#include "policy/model.h"

namespace chestnut::policy {

// Runs the filter, by our own evaluator, for everything by which it could
// differ from the policy, and holds each answer against Verdict
// (policy/verdict.h): every known number, the x32 numbers, -1, numbers beyond
// max_known, the canary, other architectures, each with empty and full
// arguments; around every value of every rule and every constant of the filter
// itself, with garbage in the halves that the kernel does not read; that calls
// without rules get their answer without a look at the arguments. As filters
// only compare with constants, nothing happens between the points that are
// tried. kInternal, naming the first difference, if there is one.
absl::Status ProveFilter(const Policy& policy, const Filter& filter);

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_PROOF_H_
