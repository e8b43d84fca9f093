#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/installed_program.h"
#include "cli/output.h"
#include "cli/policy_source.h"
#include "cli/text.h"
#include "driver/exec_policy.h"
#include "driver/process.h"
#include "driver/program_analysis.h"
#include "policy/fit.h"
#include "policy/model.h"

namespace chestnut::cli {
namespace {

struct Arguments {
  std::string source;
  driver::ProgramOptions analysis;
  std::vector<std::string> exec_policy;
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
  const int known = ReportIncomplete(fit.incomplete);
  const bool fits = fit.missing.empty();
  if (fit.incomplete.empty()) {
    absl::StrAppend(&text, program, ": the policy ",
                    fits ? "fits" : "does not fit; make a new one", "\n");
  }
  PrintText(text);
  return fits ? known : kExitFindings;
}

// Modules of the policy that nobody looked at count as unchanged.
void KeepModules(const policy::Policy& policy, policy::Policy& now) {
  for (const policy::Module& module : policy.modules) {
    const bool found = std::any_of(now.modules.begin(), now.modules.end(),
                                   [&module](const policy::Module& current) {
                                     return current.name == module.name;
                                   });
    if (!found) now.modules.push_back(module);
  }
}

// What is executed runs under the same filter, so what it needs now counts.
absl::Status AddExecuted(const Arguments& arguments,
                         const policy::Policy& policy, policy::Policy& now) {
  absl::StatusOr<driver::ExecPolicy> choice =
      driver::ParseExecPolicy(arguments.exec_policy);
  if (!choice.ok()) return choice.status();
  if (arguments.exec_policy.empty()) {
    choice->choice = policy.exec_choice;
    if (choice->choice == policy::ExecChoice::kPerProgram) {
      driver::PrintError(absl::StrCat(
          "what ", policy.program,
          " executes was named when the policy was made, and is not checked; "
          "give the same --exec-policy to check it too"));
      KeepModules(policy, now);
    }
  }
  driver::LeftOut left_out;
  absl::StatusOr<std::vector<driver::ExecutedProgram>> programs =
      FindExecuted(*choice, now, arguments.analysis, left_out);
  if (!programs.ok()) return programs.status();
  PrintLeftOut(left_out);
  return ApplyExecPolicy(*choice, *programs, now).status();
}

absl::StatusOr<int> Check(const Arguments& arguments) {
  absl::StatusOr<policy::Policy> policy = LoadPolicy(arguments.source);
  if (!policy.ok()) return policy.status();
  absl::StatusOr<driver::ProgramAnalysis> now =
      AnalyzeInstalled(arguments.source, *policy, arguments.analysis);
  if (!now.ok()) return now.status();
  absl::Status executed = AddExecuted(arguments, *policy, now->policy);
  if (!executed.ok()) return executed;
  return Report(policy->program, CompareFit(*policy, now->policy));
}

}  // namespace

void AddCheckCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "check", "does what is installed now still fit a policy, what changed");
  command->add_option("X", arguments->source, "policy file or program")
      ->required();
  AddProgramOptions(*command, arguments->analysis);
  command
      ->add_option("--exec-policy", arguments->exec_policy,
                   "as the policy was made; without it, as far as the policy "
                   "says")
      ->allow_extra_args(false);
  command->callback(
      [arguments, &exit_code]() { exit_code = ExitCode(Check(*arguments)); });
}

}  // namespace chestnut::cli
