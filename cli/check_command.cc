#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/policy_source.h"
#include "cli/text.h"
#include "driver/process.h"
#include "driver/program_analysis.h"
#include "finalyzer/program.h"
#include "policy/fit.h"
#include "policy/model.h"

namespace chestnut::cli {
namespace {

struct Arguments {
  std::string source;
  driver::ProgramOptions analysis;
};

std::string Text(const policy::ModuleChange& change) {
  switch (change.kind) {
    case policy::ModuleChange::Kind::kChanged:
      return absl::StrCat("build id ", change.is, ", was ", change.was);
    case policy::ModuleChange::Kind::kAdded:
      return "is new";
    case policy::ModuleChange::Kind::kGone:
      return "is not loaded any more";
    case policy::ModuleChange::Kind::kUnknown:
      return "has no build id, so nobody can tell whether it changed";
  }
  return "";
}

// The program that the policy is of: the file that carries it, else the one of
// its name in PATH.
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

int Report(const std::string& program, const policy::Fit& fit) {
  std::string text;
  for (const policy::ModuleChange& change : fit.modules) {
    absl::StrAppend(&text, change.name, ": ", Text(change), "\n");
  }
  for (const policy::MissingCall& call : fit.missing) {
    absl::StrAppend(
        &text, call.needed.name, ": needed now, ",
        call.by_arguments ? "not allowed with all arguments" : "not allowed",
        "\n", WitnessText(call.needed));
  }
  for (const policy::Incomplete& entry : fit.incomplete) {
    driver::PrintError(
        absl::StrCat("incomplete: ", entry.place, ": ", entry.reason));
  }
  const bool fits = fit.missing.empty();
  if (fit.incomplete.empty()) {
    absl::StrAppend(&text, program, ": the policy ",
                    fits ? "fits" : "does not fit; make a new one", "\n");
  }
  std::fputs(text.c_str(), stdout);
  if (!fits) return kExitFindings;
  return fit.incomplete.empty() ? kExitDone : kExitIncomplete;
}

absl::StatusOr<int> Check(Arguments arguments) {
  absl::StatusOr<policy::Policy> policy = LoadPolicy(arguments.source);
  if (!policy.ok()) return policy.status();
  driver::ProgramOptions& options = arguments.analysis;
  if (options.program.empty()) {
    absl::StatusOr<std::string> program = ProgramOf(arguments.source, *policy);
    if (!program.ok()) return program.status();
    options.program = *program;
  }
  if (policy->install_point == policy::InstallPoint::kManual) {
    return absl::InvalidArgumentError(
        absl::StrCat(arguments.source,
                     ": where the program puts its filter on by hand is not "
                     "known; build it again to be sure"));
  }
  options.confined = LoadPolicy(options.program).ok();
  options.install_point = policy->install_point;
  options.mode = policy->mode;
  options.progress = isatty(STDERR_FILENO) != 0;
  absl::StatusOr<driver::ProgramAnalysis> now = driver::AnalyzeProgram(options);
  if (!now.ok()) return now.status();
  return Report(policy->program, CompareFit(*policy, now->policy));
}

}  // namespace

void AddCheckCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  driver::ProgramOptions& analysis = arguments->analysis;
  CLI::App* command = app.add_subcommand(
      "check", "does what is installed now still fit a policy, what changed");
  command->add_option("X", arguments->source, "policy file or program")
      ->required();
  command->add_option("--program", analysis.program,
                      "the program, if not the one of that name in PATH");
  command->add_option("--module", analysis.modules,
                      "as for chestnut analyze, when the policy was made");
  command->add_option("--overlay", analysis.overlay,
                      "as for chestnut analyze, when the policy was made");
  command->add_option("--root", analysis.root,
                      "folder of the system that the program runs on");
  command->add_flag("--exact", analysis.exact,
                    "as for chestnut analyze, when the policy was made");
  command->callback([arguments, &exit_code]() {
    absl::StatusOr<int> result = Check(*arguments);
    if (!result.ok()) driver::PrintError(result.status().message());
    exit_code = result.ok() ? *result : kExitWrongUse;
  });
}

}  // namespace chestnut::cli
