#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/diff_source.h"
#include "cli/output.h"
#include "cli/text.h"
#include "driver/program_analysis.h"
#include "policy/diff_formats.h"

namespace chestnut::cli {
namespace {

struct Arguments {
  std::string was;
  std::string is;
  std::string format = "text";
  std::string output;
  std::string at = "entry";
  bool any_change = false;
  driver::ProgramOptions analysis;
};

std::string Text(const policy::ReviewedDiff& review) {
  std::string text = ReviewText(review);
  for (const policy::FieldChange& module : review.diff.modules) {
    auto build = [](const std::string& id) { return id.empty() ? "none" : id; };
    absl::StrAppend(&text, "  ", module.field, ": build id ", build(module.is),
                    "; was ", build(module.was), "\n");
  }
  return text;
}

absl::StatusOr<int> Compare(Arguments arguments) {
  driver::ProgramOptions& options = arguments.analysis;
  options.install_point = *policy::ParseInstallPoint(arguments.at);
  absl::StatusOr<DiffSource> was = LoadDiffSource(arguments.was, options);
  if (!was.ok()) return was.status();
  // Of a program against a policy that is kept: for the same point.
  if (was->is_kept) options.install_point = was->policy.install_point;
  absl::StatusOr<DiffSource> is = LoadDiffSource(arguments.is, options);
  if (!is.ok()) return is.status();
  absl::StatusOr<policy::ReviewedDiff> review =
      Review(arguments.was, *was, arguments.is, *is);
  if (!review.ok()) return review.status();
  absl::Status status;
  if (arguments.format == "text" && arguments.output.empty()) {
    PrintText(Text(*review));
  } else {
    status =
        WriteOrPrint(arguments.output,
                     arguments.format == "json"       ? DiffJson(*review)
                     : arguments.format == "sarif"    ? DiffSarif(*review)
                     : arguments.format == "markdown" ? DiffMarkdown(*review)
                                                      : Text(*review));
  }
  if (!status.ok()) return status;
  const bool found = arguments.any_change ? !review->empty() : review->grew();
  return found ? kExitFindings : kExitDone;
}

}  // namespace

void AddDiffCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "diff", "what one policy, program or part allows and another does not");
  command
      ->add_option("A", arguments->was,
                   "before: a policy, a program, or facts (a facts file, an "
                   "object, an archive)")
      ->required();
  command->add_option("B", arguments->is, "now: the same")->required();
  command
      ->add_option("--format", arguments->format,
                   "text, json, sarif (2.1.0) or markdown")
      ->check(CLI::IsMember({"text", "json", "sarif", "markdown"}));
  command->add_option("-o,--output", arguments->output,
                      "write it to a file instead of stdout");
  command->add_flag("--any-change", arguments->any_change,
                    "a call less is a finding, too");
  command
      ->add_option("--at", arguments->at,
                   "of programs that carry no policy: where the filter goes "
                   "on, main, entry or exec")
      ->check(CLI::IsMember({"main", "entry", "exec"}));
  command->add_option("--module", arguments->analysis.modules,
                      "of such programs: a library that they load by "
                      "themselves");
  command->add_option("--overlay", arguments->analysis.overlay,
                      "of such programs: decisions about what cannot be known");
  command->footer(
      "  chestnut diff --format markdown policy.json build/server\n\n"
      "Each added call comes with the way to it and what brought it: a new "
      "library, another build of the libc, a new function, a new edge. Exit "
      "status: 0 nothing more is allowed, 1 something is (or the mode or the "
      "point where the filter goes on is another), 2 wrong use or unreadable "
      "input.");
  command->callback(
      [arguments, &exit_code]() { exit_code = ExitCode(Compare(*arguments)); });
}

}  // namespace chestnut::cli
