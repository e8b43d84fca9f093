#ifndef CHESTNUT_FINALYZER_CONFINEMENT_H_
#define CHESTNUT_FINALYZER_CONFINEMENT_H_

#include "absl/status/statusor.h"
#include "finalyzer/program.h"
#include "policy/bpf.h"
#include "policy/model.h"

namespace chestnut::finalyzer {

// What puts a program under a policy.
struct Confinement {
  policy::InstallPoint at = policy::InstallPoint::kEntry;  // or kExec
  policy::Filter filter;
  int canary_errno = 0;
};

// The confinement of `program` by `policy`, its filter proved. Errors:
// kFailedPrecondition if the policy is incomplete; kInvalidArgument if it is of
// another program and `any_program` is not set, for an install point that lies
// inside the program, or at `exec` without execve; kUnimplemented for a mode
// that needs code in the program (trap) or a supervisor (notify).
absl::StatusOr<Confinement> Confine(const policy::Policy& policy,
                                    const Program& program, bool any_program);

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_CONFINEMENT_H_
