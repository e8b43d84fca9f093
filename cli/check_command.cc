#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/installed_program.h"
#include "cli/output.h"
#include "cli/policy_source.h"
#include "cli/text.h"
#include "driver/program_analysis.h"
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

absl::StatusOr<int> Check(const Arguments& arguments) {
  absl::StatusOr<policy::Policy> policy = LoadPolicy(arguments.source);
  if (!policy.ok()) return policy.status();
  absl::StatusOr<driver::ProgramAnalysis> now =
      AnalyzeInstalled(arguments.source, *policy, arguments.analysis);
  if (!now.ok()) return now.status();
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
  command->callback(
      [arguments, &exit_code]() { exit_code = ExitCode(Check(*arguments)); });
}

}  // namespace chestnut::cli
