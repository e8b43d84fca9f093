// What `chestnut patch` and `chestnut wrap` ask about a program and its policy.
#ifndef CHESTNUT_CLI_PROGRAM_POLICY_H_
#define CHESTNUT_CLI_PROGRAM_POLICY_H_

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "driver/program_analysis.h"
#include "policy/model.h"

namespace chestnut::cli {

struct ProgramPolicyOptions {
  driver::ProgramOptions analysis;
  std::string policy;
  std::string mode = "kill";
  bool force = false;
};

// Adds PROGRAM, --policy and what there is to say without one; returns the
// option --policy.
CLI::Option* AddProgramPolicyOptions(CLI::App& command,
                                     ProgramPolicyOptions& options);

// The policy that was given, or one for install point entry, made by analysing
// the program; where that is incomplete, every place is printed.
absl::StatusOr<policy::Policy> ProgramPolicy(
    const ProgramPolicyOptions& options);

// What a given policy may call the program: its name here, and the one at the
// end of all links. Empty if any policy will do.
std::vector<std::string> NamesFor(const ProgramPolicyOptions& options);

// An error if the program has privileges of its own; `otherwise` ends the line.
absl::Status CheckNoPrivileges(const std::string& program,
                               const std::string& otherwise);

// Replaces the file `output` with the content, as an executable like `program`,
// and says on stderr what could not be kept.
absl::Status WriteProgram(const std::string& program, const std::string& output,
                          const std::string& content);

// The exit status for it; prints an error.
int ProgramExitCode(const absl::Status& status);

}  // namespace chestnut::cli

#endif  // CHESTNUT_CLI_PROGRAM_POLICY_H_
