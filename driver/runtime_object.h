// The runtime, compiled with a policy header.
#ifndef CHESTNUT_DRIVER_RUNTIME_OBJECT_H_
#define CHESTNUT_DRIVER_RUNTIME_OBJECT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "driver/cache.h"

namespace chestnut::driver {

// An object file that installs the policy of `header`. It stands in the user's
// cache, by the digest of all it is made from, or in `scratch` where there is
// no cache. The object refers to nothing but main and exit.
absl::StatusOr<std::string> CompileRuntime(absl::string_view header,
                                           const std::string& compiler,
                                           const TemporaryFolder& scratch);

// The facts of a header with annotations (chestnut.h), as container bytes.
absl::StatusOr<std::string> CompileAnnotations(const std::string& header,
                                               const TemporaryFolder& scratch);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_RUNTIME_OBJECT_H_
