#ifndef CHESTNUT_POLICY_EXECUTED_H_
#define CHESTNUT_POLICY_EXECUTED_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policy/model.h"

// Policies of programs that execute others. The kernel's rule: a filter stays
// on over execve, and each that comes on top makes it narrower. So a program
// may do what its own filter and its parent's both allow, and the parent's has
// to contain what the program needs.
namespace chestnut::policy {

// What a program needs from its execve on, as a policy for install point exec.
// With `has_own_filter`, what putting that on takes too. `incomplete` stays.
// FailedPrecondition: the policy does not know what happens before its install
// point.
absl::StatusOr<Policy> PolicyOfExecuted(const Policy& policy,
                                        bool has_own_filter);

// Adds to `parent` what `executed` (of PolicyOfExecuted) needs and the parent's
// filter refuses, with a witness that says so, what is incomplete there, and
// its modules, of which the parent's policy speaks from now on.
// Returns the names of the calls that are added or allowed with more arguments,
// in order.
std::vector<std::string> Contain(const Policy& executed, Policy& parent);

// Takes execve and execveat out. FailedPrecondition at install point exec,
// where the program itself is started under the filter.
absl::Status BlockExecs(Policy& policy);

// What every one of the policies allows (the first one's other fields): calls
// that all have, with the values that all allow. Not empty.
Policy CommonOf(const std::vector<const Policy*>& policies);

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_EXECUTED_H_
