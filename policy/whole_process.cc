#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "policy/always.h"
#include "policy/exports.h"
#include "policy/model.h"

namespace chestnut::policy {

absl::StatusOr<Policy> WholeProcess(const Policy& policy) {
  if (!policy.incomplete.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the policy is incomplete (", policy.incomplete[0].place,
                     ": ", policy.incomplete[0].reason,
                     "); decide what is open in an overlay, then export it"));
  }
  // Before a static program's entry point nothing happens.
  if (policy.startup_calls.empty() &&
      policy.install_point != InstallPoint::kExec &&
      policy.install_point != InstallPoint::kEntry) {
    return absl::FailedPreconditionError(
        "the policy says nothing of what happens before its install point, "
        "where the filter of another program is on already; make one with "
        "chestnut analyze");
  }
  Policy whole = policy;
  whole.install_point = InstallPoint::kExec;
  whole.calls.insert(whole.calls.end(), policy.startup_calls.begin(),
                     policy.startup_calls.end());
  whole.startup_calls.clear();
  const Call starting = StartingCall();
  if (FindCall(policy.calls, starting.number) == nullptr) {
    whole.calls.push_back(starting);
  }
  Normalize(whole);
  return whole;
}

}  // namespace chestnut::policy
