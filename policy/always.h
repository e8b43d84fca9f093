#ifndef CHESTNUT_POLICY_ALWAYS_H_
#define CHESTNUT_POLICY_ALWAYS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "policy/model.h"

namespace chestnut::policy {

// A call that a policy holds though no code of the program shows it.
struct AlwaysNeeded {
  int number = 0;
  absl::string_view reason;
};

// What every program needs in this mode after the install point, by number:
// what the kernel asks for by itself and what our runtime uses once the filter
// is on.
std::vector<AlwaysNeeded> AlwaysNeededCalls(Mode mode);

// Adds them to policy.calls (unconstrained) where they are missing, with the
// reason as witness. Leaves the policy in normal form.
void AddAlwaysNeeded(Policy& policy);

// The execve by which a program is started whose filter is on already (install
// point exec), with that as witness.
Call StartingCall();

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_ALWAYS_H_
