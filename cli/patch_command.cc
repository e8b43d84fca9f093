#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/policy_source.h"
#include "driver/process.h"
#include "driver/program_analysis.h"
#include "patcher/output.h"
#include "patcher/patch.h"
#include "policy/model.h"
#include "support/file.h"

namespace chestnut::cli {
namespace {

struct Arguments {
  driver::ProgramOptions analysis;
  std::string policy;
  std::string mode = "kill";
  std::string output;
  bool remove = false;
  bool force = false;
  bool allow_set_uid = false;
};

// By whatever name it is called here, and the one at the end of all links.
std::vector<std::string> NamesOf(const std::string& program) {
  namespace fs = std::filesystem;
  std::vector<std::string> names = {fs::path(program).filename().string()};
  std::error_code error;
  const fs::path resolved = fs::canonical(program, error);
  if (!error && resolved.filename() != names[0]) {
    names.push_back(resolved.filename().string());
  }
  return names;
}

absl::Status CheckPrivileges(const Arguments& arguments) {
  const std::string& program = arguments.analysis.program;
  struct stat status = {};
  if (arguments.allow_set_uid || stat(program.c_str(), &status) != 0) {
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
  return absl::InvalidArgumentError(absl::StrCat(
      program, ": is ", what, ": whatever it executes has no privileges of ",
      "its own under a filter (no_new_privs), and a denied call may be the ",
      "one by which it gives its privileges up; --allow-setuid patches it all ",
      "the same"));
}

absl::StatusOr<policy::Policy> MakePolicy(const Arguments& arguments) {
  if (!arguments.policy.empty()) return LoadPolicy(arguments.policy);
  driver::ProgramOptions options = arguments.analysis;
  options.install_point = policy::InstallPoint::kEntry;
  options.mode = *policy::ParseMode(arguments.mode);
  options.progress = isatty(STDERR_FILENO) != 0;
  absl::StatusOr<driver::ProgramAnalysis> analysis =
      driver::AnalyzeProgram(options);
  if (!analysis.ok()) return analysis.status();
  for (const policy::Incomplete& entry : analysis->policy.incomplete) {
    driver::PrintError(
        absl::StrCat("incomplete: ", entry.place, ": ", entry.reason));
  }
  return std::move(analysis->policy);
}

absl::StatusOr<std::string> MakePatched(const Arguments& arguments,
                                        const std::string& original) {
  absl::StatusOr<policy::Policy> policy = MakePolicy(arguments);
  if (!policy.ok()) return policy.status();
  patcher::PatchOptions options;
  options.origin = arguments.analysis.program;
  if (!arguments.policy.empty() && !arguments.force) {
    options.names = NamesOf(arguments.analysis.program);
  }
  absl::StatusOr<patcher::Patched> patched =
      patcher::Patch(original, *policy, options);
  if (!patched.ok()) return patched.status();
  return std::move(patched->bytes);
}

absl::Status Write(const Arguments& arguments, const std::string& bytes) {
  const std::string& output = arguments.output;
  const uint64_t names = patcher::CountNames(output);
  absl::StatusOr<std::vector<std::string>> lost =
      patcher::WriteLike(arguments.analysis.program, output, bytes);
  if (!lost.ok()) return lost.status();
  for (const std::string& what : *lost) {
    driver::PrintError(absl::StrCat(output, ": not kept: ", what));
  }
  if (names > 1) {
    driver::PrintError(absl::StrCat(
        output, ": ", names - 1,
        " other names (hard links) lead to the file as it was before"));
  }
  return absl::OkStatus();
}

absl::Status Patch(const Arguments& arguments) {
  const std::string& program = arguments.analysis.program;
  absl::StatusOr<std::string> bytes = support::ReadFile(program);
  if (!bytes.ok()) return bytes.status();
  if (arguments.remove) {
    absl::StatusOr<std::string> original = patcher::Unpatch(*bytes, program);
    if (!original.ok()) return original.status();
    return Write(arguments, *original);
  }
  if (absl::Status status = CheckPrivileges(arguments); !status.ok()) {
    return status;
  }
  // A second patch replaces the first.
  if (patcher::IsPatched(*bytes)) {
    absl::StatusOr<std::string> original = patcher::Unpatch(*bytes, program);
    if (!original.ok()) return original.status();
    bytes = *std::move(original);
  }
  if (absl::Status s = patcher::CheckPatchable(*bytes, program); !s.ok()) {
    return s;
  }
  absl::StatusOr<std::string> patched = MakePatched(arguments, *bytes);
  if (!patched.ok()) return patched.status();
  return Write(arguments, *patched);
}

int ExitCode(const absl::Status& status) {
  if (status.ok()) return kExitDone;
  driver::PrintError(status.message());
  return absl::IsFailedPrecondition(status) ? kExitIncomplete : kExitWrongUse;
}

}  // namespace

void AddPatchCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  driver::ProgramOptions& analysis = arguments->analysis;
  CLI::App* command =
      app.add_subcommand("patch", "put a filter into a program that is there");
  command->add_option("PROGRAM", analysis.program, "the program's file")
      ->required();
  command
      ->add_option("-o", arguments->output,
                   "the file to write; may be the program's own")
      ->required();
  CLI::Option* policy = command->add_option(
      "--policy", arguments->policy,
      "policy file for install point entry; without, the program is analysed");
  command->add_flag("--force", arguments->force,
                    "use the policy though it is of another program");
  command->add_flag("--allow-setuid", arguments->allow_set_uid,
                    "patch a program that has privileges of its own");
  command
      ->add_option("--mode", arguments->mode,
                   "without a policy: kill, errno or log")
      ->check(CLI::IsMember({"kill", "errno", "log"}))
      ->excludes(policy);
  command
      ->add_option(
          "--module", analysis.modules,
          "without a policy: a library that the program loads by itself")
      ->excludes(policy);
  command
      ->add_option("--overlay", analysis.overlay,
                   "without a policy: decisions about what cannot be known")
      ->excludes(policy);
  command
      ->add_flag("--remove", arguments->remove,
                 "write the original of a patched program")
      ->excludes(policy);
  command->callback(
      [arguments, &exit_code]() { exit_code = ExitCode(Patch(*arguments)); });
}

}  // namespace chestnut::cli
