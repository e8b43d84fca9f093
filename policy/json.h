#ifndef CHESTNUT_POLICY_JSON_H_
#define CHESTNUT_POLICY_JSON_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/model.h"

namespace chestnut::policy {

// Reads a policy. Nothing is guessed: broken JSON, another major version, an
// unknown field or call, a value out of range are errors, in one line that
// begins with `origin` (a path, for messages) and says where. The result is
// valid (Validate).
absl::StatusOr<Policy> ReadPolicy(absl::string_view json,
                                  absl::string_view origin);

// The JSON text, ending with a newline; the same policy gives the same bytes.
// The policy must be valid.
std::string WritePolicy(const Policy& policy);

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_JSON_H_
