#include <cstdio>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/policy_source.h"
#include "cli/text.h"
#include "driver/process.h"
#include "policy/json.h"

namespace chestnut::cli {
namespace {

struct Arguments {
  std::string source;
  std::string format = "text";
  bool startup = false;
};

int Show(const Arguments& arguments) {
  absl::StatusOr<policy::Policy> policy = LoadPolicy(arguments.source);
  if (!policy.ok()) {
    driver::PrintError(policy.status().message());
    return kExitWrongUse;
  }
  const auto& calls = arguments.startup ? policy->startup_calls : policy->calls;
  if (arguments.format == "text") {
    PrintText(PolicyText(*policy, calls));
  } else {
    const std::string text = arguments.format == "json"
                                 ? policy::WritePolicy(*policy)
                                 : NamesText(calls);
    std::fputs(text.c_str(), stdout);
  }
  return policy->incomplete.empty() ? kExitDone : kExitIncomplete;
}

}  // namespace

void AddShowCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("show", "what a policy or a program's policy allows");
  command->add_option("X", arguments->source, "policy file or program")
      ->required();
  command->add_option("--format", arguments->format, "text, json or names")
      ->check(CLI::IsMember({"text", "json", "names"}));
  command->add_flag("--startup", arguments->startup,
                    "what is needed before the filter is on");
  command->callback(
      [arguments, &exit_code]() { exit_code = Show(*arguments); });
}

}  // namespace chestnut::cli
