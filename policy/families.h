#ifndef CHESTNUT_POLICY_FAMILIES_H_
#define CHESTNUT_POLICY_FAMILIES_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "policy/model.h"

// Calls that do the same for a program, so that the next version of libc may
// make another one of them.
namespace chestnut::policy {

// The members by name, each family once.
absl::Span<const std::vector<absl::string_view>> CallFamilies();

// Adds to `calls` and `startup_calls`, where they hold a member of a family,
// the others without constraints. Leaves the policy in normal form.
void CloseOverFamilies(Policy& policy);

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_FAMILIES_H_
