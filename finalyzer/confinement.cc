#include "finalyzer/confinement.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "finalyzer/program.h"
#include "finalyzer/trace_filter.h"
#include "finalyzer/watch.h"
#include "policy/bpf.h"
#include "policy/bpf_evaluator.h"
#include "policy/compile.h"
#include "policy/executed.h"
#include "policy/model.h"
#include "policy/verdict.h"
#include "syscalls/table.h"

namespace chestnut::finalyzer {
namespace {

using policy::InstallPoint;
using policy::Mode;
using policy::Policy;

// A policy that fits another program mostly kills, and never says why.
absl::Status CheckName(const Policy& policy, const Program& program) {
  const std::vector<std::string>& names = program.names;
  if (std::find(names.begin(), names.end(), policy.program) != names.end()) {
    return absl::OkStatus();
  }
  if (program.is_script()) {
    return absl::InvalidArgumentError(absl::StrCat(
        program.path, ": is a script, so what runs is ", program.image,
        "; the policy is for '", policy.program, "' and has to be for '",
        names.back(), "' (--force: use it all the same)"));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      program.path, ": the policy is for '", policy.program, "', not for '",
      absl::StrJoin(names, "' or '"), "' (--force: use it all the same)"));
}

absl::Status CheckInstallPoint(const Policy& policy, const Program& program,
                               Watch watch) {
  if (policy.install_point == InstallPoint::kEntry) return absl::OkStatus();
  if (watch != Watch::kNone && policy.install_point == InstallPoint::kExec) {
    return absl::InvalidArgumentError(absl::StrCat(
        program.path,
        ": a supervisor begins at the entry point, and the policy's install "
        "point is 'exec'; make one with chestnut analyze --at entry"));
  }
  if (policy.install_point != InstallPoint::kExec) {
    return absl::InvalidArgumentError(absl::StrCat(
        program.path, ": the policy's install point is '",
        ToString(policy.install_point), "', which only the program itself can ",
        "find; make one with chestnut analyze --at entry"));
  }
  const int execve = syscalls::FindByName("execve")->number;
  const std::vector<policy::Call> enforced = EnforcedCalls(policy);
  if (FindCall(enforced, execve) == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        program.path,
        ": the policy's install point is 'exec', but it does not "
        "allow execve, by which the program is started; make one with "
        "chestnut analyze --at exec"));
  }
  return absl::OkStatus();
}

absl::Status CheckMode(const Policy& policy, const Program& program) {
  if (policy.mode == Mode::kNotify) {
    return absl::UnimplementedError(absl::StrCat(
        program.path,
        ": mode 'notify' needs a supervisor; add --log, --learn, "
        "--ask or --trace-all, or use a policy of mode kill, errno "
        "or log"));
  }
  if (policy.mode != Mode::kTrap) return absl::OkStatus();
  return absl::UnimplementedError(
      absl::StrCat(program.path,
                   ": mode 'trap' needs a handler inside the program; use a "
                   "policy of mode kill, errno or log"));
}

// What may be let through without asking who calls.
Policy UnaskedOf(const Policy& policy, const PerProgram& programs) {
  std::vector<const Policy*> all = programs.policies;
  const Policy least =
      policy::EmptyPolicy(policy.program, InstallPoint::kEntry, policy.mode);
  if (programs.more) all.push_back(&least);
  all.insert(all.begin(), &policy);
  return policy::CommonOf(all);
}

// The filter answers calls that libraries only try with ENOSYS where the policy
// lacks them; who lacks them is for the supervisor to say.
absl::StatusOr<policy::Filter> AskAboutProbed(const Policy& unasked,
                                              const policy::Filter& filter) {
  std::vector<uint32_t> numbers;
  for (const policy::ProbedCall& probed : policy::ProbedCalls()) {
    if (FindCall(unasked.calls, probed.number) == nullptr) {
      numbers.push_back(static_cast<uint32_t>(probed.number));
    }
  }
  const auto count = static_cast<uint8_t>(numbers.size());
  policy::Filter result = {
      {policy::kLoad, 0, 0, policy::kArchitectureOffset},
      {policy::kJumpEqual, 0, static_cast<uint8_t>(count + 2),
       policy::kArchitectureX86_64},
      {policy::kLoad, 0, 0, policy::kNumberOffset}};
  for (uint8_t i = 0; i < count; ++i) {
    const bool is_last = i + 1 == count;
    result.push_back({policy::kJumpEqual, static_cast<uint8_t>(count - 1 - i),
                      static_cast<uint8_t>(is_last ? 1 : 0), numbers[i]});
  }
  result.push_back({policy::kReturn, 0, 0, policy::kReturnUserNotification});
  if (numbers.empty()) result.clear();
  result.insert(result.end(), filter.begin(), filter.end());
  if (absl::Status status = policy::CheckFilter(result); !status.ok()) {
    return absl::InternalError(status.message());
  }
  return result;
}

absl::Status CheckComplete(const Policy& policy) {
  if (policy.incomplete.empty()) return absl::OkStatus();
  const policy::Incomplete& first = policy.incomplete.front();
  return absl::FailedPreconditionError(
      absl::StrCat("the policy of '", policy.program, "' is incomplete (",
                   first.place, ": ", first.reason, "); nothing enforces it"));
}

}  // namespace

absl::Status CheckProgram(const Policy& policy, const Program& program) {
  return CheckName(policy, program);
}

absl::StatusOr<Confinement> Confine(const Policy& policy,
                                    const Program& program, bool any_program,
                                    Watch watch, const PerProgram* programs) {
  absl::Status status;
  if (watch == Watch::kEnforce) status = CheckComplete(policy);
  if (status.ok() && !any_program) status = CheckName(policy, program);
  if (status.ok() && programs != nullptr) {
    for (const Policy* other : programs->policies) {
      if (status.ok() && watch == Watch::kEnforce) {
        status = CheckComplete(*other);
      }
    }
  }
  if (status.ok()) status = CheckInstallPoint(policy, program, watch);
  if (status.ok() && watch == Watch::kNone) status = CheckMode(policy, program);
  if (!status.ok()) return status;
  Policy enforced = policy;
  if (programs != nullptr) enforced = UnaskedOf(policy, *programs);
  if (watch != Watch::kNone) enforced.mode = Mode::kNotify;
  absl::StatusOr<policy::Filter> filter = CompileFilter(enforced);
  if (filter.ok() && programs != nullptr) {
    filter = AskAboutProbed(enforced, *filter);
  }
  if (filter.ok() && watch == Watch::kTraceAll) filter = TraceFilter(*filter);
  if (!filter.ok()) {
    absl::string_view advice =
        absl::IsFailedPrecondition(filter.status())
            ? "; chestnut analyze names all, an overlay decides them"
            : "";
    return absl::Status(
        filter.status().code(),
        absl::StrCat(program.path, ": ", filter.status().message(), advice));
  }
  return Confinement{policy.install_point, *std::move(filter),
                     CanaryErrno(enforced)};
}

}  // namespace chestnut::finalyzer
