#ifndef CHESTNUT_POLICY_VERDICT_H_
#define CHESTNUT_POLICY_VERDICT_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/bpf.h"
#include "policy/model.h"

// What a policy means: the answer to every call, said as plainly as possible,
// as the measure that compiled filters are held against (policy/proof.h).
namespace chestnut::policy {

// A call that a libc or a common library makes to find out whether the kernel
// has it, and does without on ENOSYS. Where such a call is not allowed it gets
// ENOSYS instead of the mode's answer: the program was analysed with another
// version of that library, or the analysis knows that the fallback is taken.
struct ProbedCall {
  int number = 0;
  absl::string_view reason;
};

// By number.
const std::vector<ProbedCall>& ProbedCalls();

// The calls that the filter of this policy allows: `calls`, and at the install
// point `exec`, where start-up happens under the filter, `startup_calls` too.
std::vector<Call> EnforcedCalls(const Policy& policy);

// The seccomp return value for this call: SECCOMP_RET_ALLOW for an allowed one
// and for uretprobe and uprobe (the kernel itself makes them enter); the mode's
// action for a known one that is not allowed; ENOSYS for numbers that the
// policy does not know, probed calls, io_uring and -1; the canary's errno; and
// death for other architectures and for x32 (in mode log nothing but a line in
// the log, in mode notify a question to the supervisor). `enforced` is
// EnforcedCalls(policy).
uint32_t Verdict(const Policy& policy, const std::vector<Call>& enforced,
                 const SeccompData& data);

// The parts of it that the filter compiler needs one by one.
uint32_t DeniedVerdict(const Policy& policy);   // known, not allowed
uint32_t UnknownVerdict(const Policy& policy);  // number not known
uint32_t ForeignVerdict(const Policy& policy);  // other architecture, x32
uint32_t CanaryVerdict(const Policy& policy);
// The answer by number alone where the call is not in the policy.
uint32_t VerdictOfMissing(const Policy& policy, uint32_t number);

// The errno that the canary (runtime/canary.h) answers under this policy.
int CanaryErrno(const Policy& policy);

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_VERDICT_H_
