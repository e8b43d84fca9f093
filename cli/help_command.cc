#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/suggest.h"
#include "support/error_pages.h"

namespace chestnut::cli {
namespace {

struct Arguments {
  std::string topic;
  bool all_errors = false;
};

absl::StatusOr<int> Help(const CLI::App& app, const Arguments& arguments) {
  if (arguments.all_errors) {
    absl::Status status = WriteOrPrint("", support::ErrorPagesMarkdown());
    if (!status.ok()) return status;
    return kExitDone;
  }
  if (arguments.topic.empty()) {
    PrintText(app.help());
    return kExitDone;
  }
  // A whole message does, too: it is there to be copied.
  const support::ErrorPage* page = support::FindErrorPage(arguments.topic);
  if (page == nullptr && absl::StrContains(arguments.topic, ' ')) {
    page = support::PageOf(arguments.topic);
  }
  if (page != nullptr) {
    PrintText(support::ErrorPageText(*page));
    return kExitDone;
  }
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    if (command->get_name() == arguments.topic) {
      PrintText(command->help("chestnut"));
      return kExitDone;
    }
    names.push_back(command->get_name());
  }
  for (const support::ErrorPage& known : support::ErrorPages()) {
    names.emplace_back(known.name);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("help: '", arguments.topic, "' is no command and no error",
                   DidYouMean(arguments.topic, names)));
}

}  // namespace

void AddHelpCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "help", "what an error means, or how a command is used");
  command->add_option("TOPIC", arguments->topic,
                      "a command; or an error's name (E-no-policy), or its "
                      "whole line");
  command->add_flag("--all-errors", arguments->all_errors,
                    "the pages of all errors, in Markdown");
  command->callback([&app, arguments, &exit_code]() {
    exit_code = ExitCode(Help(app, *arguments));
  });
}

}  // namespace chestnut::cli
