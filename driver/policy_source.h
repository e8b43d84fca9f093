#ifndef CHESTNUT_DRIVER_POLICY_SOURCE_H_
#define CHESTNUT_DRIVER_POLICY_SOURCE_H_

#include <string>

#include "absl/status/statusor.h"
#include "policy/model.h"

namespace chestnut::driver {

// The policy that `path` holds: a policy file, or a program that carries one in
// its note. Errors name the path and what to do.
absl::StatusOr<policy::Policy> LoadPolicy(const std::string& path);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_POLICY_SOURCE_H_
