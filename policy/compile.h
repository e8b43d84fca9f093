#ifndef CHESTNUT_POLICY_COMPILE_H_
#define CHESTNUT_POLICY_COMPILE_H_

#include "absl/status/statusor.h"
#include "policy/bpf.h"
#include "policy/model.h"

// The filter of a policy. Not by libseccomp (2.5.4), which cannot say it and
// would say the rest larger: it has one default action, so that "ENOSYS for all
// numbers that the policy does not know" would need a rule for each of the 350
// known ones; its binary tree has a leaf for every number and does not join
// neighbours to ranges; x32 and -1 cannot be told apart with actions of their
// own; and versions before 2.6.1 merge 64-bit argument comparisons in a way
// that can allow more than asked (GHSA-4q85-33p6-j5g6). It stays as an
// independent witness in filter_oracle_test.cc, for what it can say.
namespace chestnut::policy {

// Whether the mode by itself takes a call away. Mode log does not, and in mode
// notify somebody decides; only such modes may have an incomplete policy.
bool Enforces(Mode mode);

// The filter for a valid policy, proved (policy/proof.h) before it is given
// out. Errors: what Validate says; kFailedPrecondition for an incomplete
// policy, which nothing may enforce (mode log enforces nothing, in mode notify
// somebody decides: they are compiled); kInternal if the proof fails.
absl::StatusOr<Filter> CompileFilter(const Policy& policy);

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_COMPILE_H_
