#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "callgraph/analysis.h"
#include "cli/commands.h"
#include "cli/facts_source.h"
#include "driver/process.h"
#include "policy/header.h"
#include "policy/json.h"
#include "support/file.h"

namespace chestnut::cli {
namespace {

struct Arguments {
  std::vector<std::string> facts;
  std::string program;
  std::string output;
  std::string header;
  std::string mode = "kill";
};

absl::StatusOr<int> MakePolicy(const Arguments& arguments) {
  std::vector<facts::UnitView> units;
  for (const std::string& path : arguments.facts) {
    absl::StatusOr<std::vector<facts::UnitView>> more = LoadFacts(path);
    if (!more.ok()) return more.status();
    units.insert(units.end(), more->begin(), more->end());
  }
  callgraph::Options options;
  options.program = arguments.program.substr(arguments.program.rfind('/') + 1);
  options.mode = *policy::ParseMode(arguments.mode);
  absl::StatusOr<callgraph::Result> result =
      callgraph::Analyze(std::move(units), options);
  if (!result.ok()) return result.status();
  const policy::Policy& policy = result->policy;
  // Made first, as it proves the filter.
  absl::StatusOr<std::string> header =
      arguments.header.empty() || !policy.incomplete.empty()
          ? std::string()
          : policy::WritePolicyHeader(policy);
  if (!header.ok()) return header.status();
  absl::Status status = support::WriteFileAtomically(
      arguments.output, policy::WritePolicy(policy));
  if (!status.ok()) return status;
  for (const policy::Incomplete& entry : policy.incomplete) {
    driver::PrintError(
        absl::StrCat("incomplete: ", entry.place, ": ", entry.reason));
  }
  if (!policy.incomplete.empty()) return kExitIncomplete;
  if (arguments.header.empty()) return kExitDone;
  status = support::WriteFileAtomically(arguments.header, *header);
  if (!status.ok()) return status;
  return kExitDone;
}

}  // namespace

void AddPolicyCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("policy", "from facts to the policy of a program");
  command
      ->add_option("--facts", arguments->facts,
                   "facts files, objects or archives; all units count")
      ->required();
  command->add_option("--target", arguments->program,
                      "the program that the policy is for, by name");
  command->add_option("-o", arguments->output, "the policy (JSON)")->required();
  command->add_option("--header", arguments->header,
                      "the policy header for the runtime");
  command->add_option("--mode", arguments->mode, "kill, errno, trap or log")
      ->check(CLI::IsMember({"kill", "errno", "trap", "log"}));
  command->callback([arguments, &exit_code]() {
    absl::StatusOr<int> result = MakePolicy(*arguments);
    if (!result.ok()) driver::PrintError(result.status().message());
    exit_code = result.ok() ? *result : kExitWrongUse;
  });
}

}  // namespace chestnut::cli
