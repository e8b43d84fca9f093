#include "cli/installed_program.h"

#include <cstdlib>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cli/output.h"
#include "cli/policy_source.h"
#include "finalyzer/program.h"

namespace chestnut::cli {

void AddProgramOptions(CLI::App& command, driver::ProgramOptions& options) {
  command.add_option("--program", options.program,
                     "the program, if not the one of that name in PATH");
  command.add_option("--module", options.modules,
                     "as for chestnut analyze, when the policy was made");
  command.add_option("--overlay", options.overlay,
                     "as for chestnut analyze, when the policy was made");
  command.add_option("--root", options.root,
                     "folder of the system that the program runs on");
  command.add_flag("--exact", options.exact,
                   "as for chestnut analyze, when the policy was made");
}

absl::StatusOr<std::string> ProgramOf(const std::string& source,
                                      const policy::Policy& policy) {
  if (finalyzer::FindProgram(absl::StrCat(source[0] == '/' ? "" : "./", source),
                             "")
          .ok()) {
    return source;
  }
  const char* search_path = std::getenv("PATH");
  absl::StatusOr<finalyzer::Program> program = finalyzer::FindProgram(
      policy.program, search_path != nullptr ? search_path : "/bin:/usr/bin");
  if (program.ok()) return program->image;
  return absl::NotFoundError(absl::StrCat(program.status().message(),
                                          "; say which one is meant with "
                                          "--program"));
}

absl::StatusOr<driver::ProgramAnalysis> AnalyzeInstalled(
    const std::string& source, const policy::Policy& policy,
    driver::ProgramOptions options) {
  if (options.program.empty()) {
    absl::StatusOr<std::string> program = ProgramOf(source, policy);
    if (!program.ok()) return program.status();
    options.program = *program;
  }
  if (policy.install_point == policy::InstallPoint::kManual) {
    return absl::InvalidArgumentError(
        absl::StrCat(source,
                     ": where the program puts its filter on by hand is not "
                     "known; build it again to be sure"));
  }
  options.confined = LoadPolicy(options.program).ok();
  options.install_point = policy.install_point;
  options.mode = policy.mode;
  options.progress = ShowProgress();
  return driver::AnalyzeProgram(options);
}

}  // namespace chestnut::cli
