#include "cli/program_policy.h"

#include <sys/stat.h>
#include <sys/xattr.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/policy_source.h"
#include "driver/process.h"
#include "driver/program_analysis.h"
#include "patcher/output.h"
#include "policy/model.h"

namespace chestnut::cli {

CLI::Option* AddProgramPolicyOptions(CLI::App& command,
                                     ProgramPolicyOptions& options) {
  driver::ProgramOptions& analysis = options.analysis;
  command.add_option("PROGRAM", analysis.program, "the program's file")
      ->required();
  CLI::Option* policy = command.add_option(
      "--policy", options.policy,
      "policy file for install point entry; without, the program is analysed");
  command.add_flag("--force", options.force,
                   "use the policy though it is of another program");
  command
      .add_option("--mode", options.mode,
                  "without a policy: kill, errno or log")
      ->check(CLI::IsMember({"kill", "errno", "log"}))
      ->excludes(policy);
  command
      .add_option(
          "--module", analysis.modules,
          "without a policy: a library that the program loads by itself")
      ->excludes(policy);
  command
      .add_option("--overlay", analysis.overlay,
                  "without a policy: decisions about what cannot be known")
      ->excludes(policy);
  return policy;
}

absl::StatusOr<policy::Policy> ProgramPolicy(
    const ProgramPolicyOptions& options) {
  if (!options.policy.empty()) return LoadPolicy(options.policy);
  driver::ProgramOptions analysed = options.analysis;
  analysed.install_point = policy::InstallPoint::kEntry;
  analysed.mode = *policy::ParseMode(options.mode);
  analysed.progress = ShowProgress();
  absl::StatusOr<driver::ProgramAnalysis> analysis =
      driver::AnalyzeProgram(analysed);
  if (!analysis.ok()) return analysis.status();
  ReportIncomplete(analysis->policy.incomplete);
  return std::move(analysis->policy);
}

std::vector<std::string> NamesFor(const ProgramPolicyOptions& options) {
  namespace fs = std::filesystem;
  if (options.policy.empty() || options.force) return {};
  const std::string& program = options.analysis.program;
  std::vector<std::string> names = {fs::path(program).filename().string()};
  std::error_code error;
  const fs::path resolved = fs::canonical(program, error);
  if (!error && resolved.filename() != names[0]) {
    names.push_back(resolved.filename().string());
  }
  return names;
}

absl::Status CheckNoPrivileges(const std::string& program,
                               const std::string& otherwise) {
  struct stat status = {};
  if (stat(program.c_str(), &status) != 0) {
    return absl::OkStatus();  // who opens it says what is wrong
  }
  std::string what;
  if ((status.st_mode & S_ISUID) != 0) {
    what = "set-uid";
  } else if ((status.st_mode & S_ISGID) != 0) {
    what = "set-gid";
  } else if (getxattr(program.c_str(), "security.capability", nullptr, 0) > 0) {
    what = "given capabilities";
  }
  if (what.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(program, ": is ", what, ": ", otherwise));
}

absl::Status WriteProgram(const std::string& program, const std::string& output,
                          const std::string& content) {
  const uint64_t names = patcher::CountNames(output);
  absl::StatusOr<std::vector<std::string>> lost =
      patcher::WriteLike(program, output, content);
  if (!lost.ok()) return lost.status();
  for (const std::string& what : *lost) {
    driver::PrintNote(absl::StrCat(output, ": not kept: ", what));
  }
  if (names > 1) {
    driver::PrintNote(absl::StrCat(
        output, ": ", names - 1,
        " other names (hard links) lead to the file as it was before"));
  }
  return absl::OkStatus();
}

int ProgramExitCode(const absl::Status& status) {
  if (status.ok()) return kExitDone;
  driver::PrintError(status.message());
  return absl::IsFailedPrecondition(status) ? kExitIncomplete : kExitWrongUse;
}

}  // namespace chestnut::cli
