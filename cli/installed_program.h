// The program that a policy is of, as it is installed now.
#ifndef CHESTNUT_CLI_INSTALLED_PROGRAM_H_
#define CHESTNUT_CLI_INSTALLED_PROGRAM_H_

#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "driver/program_analysis.h"
#include "policy/model.h"

namespace chestnut::cli {

// --program, --module, --overlay, --root and --exact, as the policy was made.
void AddProgramOptions(CLI::App& command, driver::ProgramOptions& options);

// The file that `source` is, if it is a program; else the program of the
// policy's name in PATH. NotFound says what to do.
absl::StatusOr<std::string> ProgramOf(const std::string& source,
                                      const policy::Policy& policy);

// Analyses it for the install point of the policy, which `source` holds.
// InvalidArgument for install point manual.
absl::StatusOr<driver::ProgramAnalysis> AnalyzeInstalled(
    const std::string& source, const policy::Policy& policy,
    driver::ProgramOptions options);

}  // namespace chestnut::cli

#endif  // CHESTNUT_CLI_INSTALLED_PROGRAM_H_
