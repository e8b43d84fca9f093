#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/policy_source.h"
#include "cli/text.h"
#include "driver/process.h"
#include "policy/diff.h"

namespace chestnut::cli {
namespace {

struct Arguments {
  std::string was;
  std::string is;
};

absl::StatusOr<int> Compare(const Arguments& arguments) {
  absl::StatusOr<policy::Policy> was = LoadPolicy(arguments.was);
  if (!was.ok()) return was.status();
  absl::StatusOr<policy::Policy> is = LoadPolicy(arguments.is);
  if (!is.ok()) return is.status();
  const policy::Diff diff = policy::ComparePolicies(*was, *is);
  std::string text = DiffText(diff);
  for (const policy::FieldChange& module : diff.modules) {
    auto build = [](const std::string& id) { return id.empty() ? "none" : id; };
    absl::StrAppend(&text, "  ", module.field, ": build id ", build(module.is),
                    "; was ", build(module.was), "\n");
  }
  std::fputs(text.c_str(), stdout);
  return diff.empty() ? kExitDone : kExitFindings;
}

}  // namespace

void AddDiffCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "diff",
      "what changed between two policies, with the reason of each call");
  command->add_option("A", arguments->was, "policy file or program: before")
      ->required();
  command->add_option("B", arguments->is, "policy file or program: now")
      ->required();
  command->footer(
      "Exit status: 0 the same is allowed, 1 it is not. Where the libraries "
      "are "
      "of another build is shown, but is no difference.");
  command->callback([arguments, &exit_code]() {
    absl::StatusOr<int> result = Compare(*arguments);
    if (!result.ok()) driver::PrintError(result.status().message());
    exit_code = result.ok() ? *result : kExitWrongUse;
  });
}

}  // namespace chestnut::cli
