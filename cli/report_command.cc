#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/commands.h"
#include "cli/policy_source.h"
#include "driver/process.h"
#include "report/report.h"
#include "support/file.h"

namespace chestnut::cli {
namespace {

struct Arguments {
  std::vector<std::string> sources;
  std::string before;
  std::string other;
  std::string output = "-";
};

absl::StatusOr<std::string> Page(const Arguments& arguments) {
  if (arguments.sources.size() > 1 &&
      !(arguments.before.empty() && arguments.other.empty())) {
    return absl::InvalidArgumentError(
        "--before and --other speak of one policy, not of several");
  }
  std::vector<report::Subject> subjects;
  for (const std::string& source : arguments.sources) {
    absl::StatusOr<policy::Policy> policy = LoadPolicy(source);
    if (!policy.ok()) return policy.status();
    report::Subject subject;
    subject.name = policy->program.empty()
                       ? source.substr(source.rfind('/') + 1)
                       : policy->program;
    subject.policy = *std::move(policy);
    subjects.push_back(std::move(subject));
  }
  for (const auto& [path, into] :
       {std::pair{&arguments.before, &subjects[0].before},
        std::pair{&arguments.other, &subjects[0].other}}) {
    if (path->empty()) continue;
    absl::StatusOr<policy::Policy> policy = LoadPolicy(*path);
    if (!policy.ok()) return policy.status();
    *into = *std::move(policy);
  }
  return report::WritePage(subjects);
}

absl::Status Report(const Arguments& arguments) {
  absl::StatusOr<std::string> page = Page(arguments);
  if (!page.ok()) return page.status();
  if (arguments.output != "-") {
    return support::WriteFileAtomically(arguments.output, *page);
  }
  std::fwrite(page->data(), 1, page->size(), stdout);
  return absl::OkStatus();
}

}  // namespace

void AddReportCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "report", "one HTML page of what policies allow, block, and why");
  command->add_option("X", arguments->sources, "policy files or programs")
      ->required();
  command->add_option("--before", arguments->before,
                      "the policy as it was: what changed since");
  command->add_option("--other", arguments->other,
                      "the policy by the other analysis, of source or binary: "
                      "what only one of them allows");
  command->add_option("-o", arguments->output, "where to (default: stdout)");
  command->footer("  chestnut report policies/*.json -o policies.html");
  command->callback([arguments, &exit_code]() {
    const absl::Status status = Report(*arguments);
    if (!status.ok()) driver::PrintError(status.message());
    exit_code = status.ok() ? kExitDone : kExitWrongUse;
  });
}

}  // namespace chestnut::cli
