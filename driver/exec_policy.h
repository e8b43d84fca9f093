// What is chosen for programs that a program executes: --exec-policy.
#ifndef CHESTNUT_DRIVER_EXEC_POLICY_H_
#define CHESTNUT_DRIVER_EXEC_POLICY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "driver/program_analysis.h"
#include "policy/model.h"

namespace chestnut::driver {

struct ExecPolicy {
  policy::ExecChoice choice = policy::ExecChoice::kInherited;
  // Programs, or policy files.
  std::vector<std::string> programs;
};

// For --help: what ParseExecPolicy takes.
inline constexpr char kExecPolicyHelp[] =
    "programs that it executes, in which its filter stays on (a filter "
    "survives execve and is only ever narrowed): block (none), "
    "shared[,PROGRAM...] (the filter allows what those need that the analysis "
    "finds and that are named), FILE,... (each has the policy of a FILE, or "
    "of a program; the filter allows what they need), supervised[,FILE...] "
    "(chestnut run asks a supervisor, which has a policy for each)";

// Words of the option, which may be given several times, at commas.
// InvalidArgument: what does not go together.
absl::StatusOr<ExecPolicy> ParseExecPolicy(
    const std::vector<std::string>& words);

// A program that is executed.
struct ExecutedProgram {
  std::string path;  // of the ELF file that runs, links resolved
  // For install point exec (policy/executed.h).
  policy::Policy policy;
  bool has_own_filter = false;
};

// The policy of a program for whoever executes it: the one that it carries, or
// an analysis like `options`.
absl::StatusOr<ExecutedProgram> ExecutedProgramAt(
    const std::string& path, const ProgramOptions& options);

// What the programs of a choice leave open.
struct LeftOut {
  std::vector<std::string> missing;  // programs that are not installed
  // What executes something that nobody can name: "system in p at watch.c:7".
  std::vector<std::string> unknown;
};

// The programs of the choice: those that are named, and with `shared` those
// that `policy` says it executes, and they in turn. What is not installed or
// not known is added to `left_out`; a named program that is not installed is
// an error.
absl::StatusOr<std::vector<ExecutedProgram>> FindExecuted(
    const ExecPolicy& choice, const policy::Policy& policy,
    const ProgramOptions& options, LeftOut& left_out);

// Writes the choice into the policy; returns what there is to say about it, a
// line each. With `supervised` nothing is added: the supervisor asks the
// programs' own policies.
absl::StatusOr<std::vector<std::string>> ApplyExecPolicy(
    const ExecPolicy& choice, const std::vector<ExecutedProgram>& programs,
    policy::Policy& policy);

// Says what is left out, a line for each kind.
void PrintLeftOut(const LeftOut& left_out);

// All of it, for those who only write the policy; prints the lines.
absl::Status ChooseExecPolicy(const ExecPolicy& choice,
                              const ProgramOptions& options,
                              policy::Policy& policy);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_EXEC_POLICY_H_
