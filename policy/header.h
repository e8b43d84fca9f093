#ifndef CHESTNUT_POLICY_HEADER_H_
#define CHESTNUT_POLICY_HEADER_H_

#include <string>

#include "absl/status/statusor.h"
#include "policy/model.h"

namespace chestnut::policy {

// The policy header: C text that runtime/runtime.c is compiled with. It holds
// the proved filter as a constant array, mode and canary, in mode trap the
// names of all calls, and the ELF note (policy/note.h) that carries the policy
// itself. Errors are those of CompileFilter. The same policy gives the same
// bytes.
absl::StatusOr<std::string> WritePolicyHeader(const Policy& policy);

// SHA-256 of WritePolicy(policy), in hexadecimal: what two parties compare to
// know that they speak of the same policy.
std::string PolicyDigest(const Policy& policy);

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_HEADER_H_
