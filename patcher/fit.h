// Whether a policy is for a program, and what both kinds of output make of it.
#ifndef CHESTNUT_PATCHER_FIT_H_
#define CHESTNUT_PATCHER_FIT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "patcher/program.h"
#include "policy/bpf.h"
#include "policy/model.h"
#include "support/digest.h"

namespace chestnut::patcher {

// InvalidArgument: the policy's install point is not the entry point, or it is
// for a program of none of these names (empty: any will do), or for another
// build of it. Unimplemented: a mode that needs code in the program.
absl::Status CheckFits(const policy::Policy& policy, const Program& program,
                       const std::vector<std::string>& names,
                       absl::string_view origin);

// CompileFilter, with `origin` and advice in its errors.
absl::StatusOr<policy::Filter> CompileFor(const policy::Policy& policy,
                                          absl::string_view origin);

// The notes of the result: the policy, and what binds it to `program`, whose
// digest is given (kBindingOwner of patch.h).
std::string Notes(const policy::Policy& policy, absl::string_view program,
                  const support::Sha256::Digest& digest);

}  // namespace chestnut::patcher

#endif  // CHESTNUT_PATCHER_FIT_H_
