#ifndef CHESTNUT_POLICY_FAMILIES_H_
#define CHESTNUT_POLICY_FAMILIES_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "policy/model.h"

// What the next version of libc may do in place of what this one does, so that
// a policy outlives an upgrade of it. test/drift holds it against the newest.
namespace chestnut::policy {

// Calls that do the same for a program, by name; each is in one family.
absl::Span<const std::vector<absl::string_view>> CallFamilies();

// Values of an argument with which a call does the same.
struct ValueFamily {
  absl::string_view call;
  int index;
  std::vector<uint64_t> values;
  absl::string_view reason;
};
absl::Span<const ValueFamily> ValueFamilies();

// A call that newer versions make where there is another, without asking
// anybody.
struct CompanionCall {
  absl::string_view beside;
  absl::string_view call;
  // With this value of its first argument only; 0: with any.
  uint64_t first_argument;
  absl::string_view reason;
};
absl::Span<const CompanionCall> CompanionCalls();

// Adds to `calls` and `startup_calls` what belongs to what they hold: the other
// members of its families, without constraints, the other values in its rules,
// its companions. Leaves the policy in normal form.
void CloseOverFamilies(Policy& policy);

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_FAMILIES_H_
