#ifndef CHESTNUT_FINALYZER_CONFINEMENT_H_
#define CHESTNUT_FINALYZER_CONFINEMENT_H_

#include <vector>

#include "absl/status/statusor.h"
#include "finalyzer/program.h"
#include "finalyzer/watch.h"
#include "policy/bpf.h"
#include "policy/model.h"

namespace chestnut::finalyzer {

// What puts a program under a policy.
struct Confinement {
  policy::InstallPoint at = policy::InstallPoint::kEntry;  // or kExec
  policy::Filter filter;
  int canary_errno = 0;
};

// Policies of the programs that run under one filter, whoever calls.
struct PerProgram {
  std::vector<const policy::Policy*> policies;
  // Others may come, of which nothing is known.
  bool more = false;
};

// The confinement of `program` by `policy`, its filter proved. Under a
// supervisor (`watch`) the filter asks it where the policy's mode would answer,
// so that the mode and what is incomplete do not matter. Errors:
// kFailedPrecondition if the policy is incomplete; kInvalidArgument if it is of
// another program and `any_program` is not set, for an install point that lies
// inside the program, or at `exec` without execve or under a supervisor, which
// begins at the entry point; kUnimplemented for a mode that needs code in the
// program (trap) or a supervisor (notify).
//
// With kEnforce the policy must be complete all the same. With `programs` the
// filter lets through what all of them allow, and the supervisor is asked about
// everything else.
absl::StatusOr<Confinement> Confine(const policy::Policy& policy,
                                    const Program& program, bool any_program,
                                    Watch watch = Watch::kNone,
                                    const PerProgram* programs = nullptr);

// Of programs that put their own filter on (built in mode notify). Errors: the
// policy is of another program.
absl::Status CheckProgram(const policy::Policy& policy, const Program& program);

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_CONFINEMENT_H_
