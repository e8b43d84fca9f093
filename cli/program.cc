#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/manual.h"
#include "cli/parser.h"
#include "driver/compiler.h"
#include "driver/process.h"
#include "support/file.h"

namespace chestnut::cli {
namespace {

// Prints nothing.
absl::StatusOr<std::string> WriteManualPages(const CLI::App& app,
                                             const std::string& folder) {
  std::vector<std::string> commands = {""};
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    commands.push_back(command->get_name());
  }
  for (const std::string& command : commands) {
    absl::StatusOr<std::string> page = ManualPage(app, command);
    if (!page.ok()) return page;
    absl::Status status = support::WriteFileAtomically(
        absl::StrCat(folder, "/chestnut", command.empty() ? "" : "-", command,
                     ".1"),
        *page);
    if (!status.ok()) return status;
  }
  return "";
}

// Both speak of all commands, so they are added last.
void AddManual(CLI::App& app, int& exit_code) {
  const auto print = [&exit_code](const absl::StatusOr<std::string>& text) {
    if (text.ok()) {
      std::fputs(text->c_str(), stdout);
    } else {
      driver::PrintError(text.status().message());
      exit_code = kExitWrongUse;
    }
  };
  auto shell = std::make_shared<std::string>();
  CLI::App* completion = app.add_subcommand(
      "completion", "a script that completes commands in a shell");
  completion->add_option("SHELL", *shell, "bash, zsh or fish")->required();
  completion->footer(
      "  chestnut completion bash > "
      "/usr/share/bash-completion/completions/chestnut");
  completion->callback(
      [&app, shell, print]() { print(CompletionScript(app, *shell)); });
  auto name = std::make_shared<std::string>();
  auto folder = std::make_shared<std::string>();
  CLI::App* manual =
      app.add_subcommand("manual", "the manual page of a command, for man");
  manual->add_option("COMMAND", *name, "default: the whole program");
  manual->add_option("--folder", *folder, "write all pages there instead");
  manual->footer("  chestnut manual analyze | man -l -");
  manual->callback([&app, name, folder, print]() {
    print(folder->empty() ? ManualPage(app, *name)
                          : WriteManualPages(app, *folder));
  });
}

int RunCommand(int argc, char** argv) {
  CLI::App app("Seccomp policies from what a program can do", "chestnut");
  app.require_subcommand(1);
  app.footer(
      "chestnut cc ...   a drop-in C compiler (see cc --chestnut-help)\n"
      "chestnut c++ ...  the same for C++\n\n"
      "Exit status: 0 done, 1 the answer is no, 2 wrong use or unreadable "
      "input, 3 incomplete.");
  int exit_code = kExitDone;
  AddAnalyzeCommand(app, exit_code);
  AddFactsCommand(app, exit_code);
  AddPolicyCommand(app, exit_code);
  AddShowCommand(app, exit_code);
  AddExplainCommand(app, exit_code);
  AddLibcCommand(app, exit_code);
  AddDiffCommand(app, exit_code);
  AddUpdateCommand(app, exit_code);
  AddExportCommand(app, exit_code);
  AddImportCommand(app, exit_code);
  AddReportCommand(app, exit_code);
  AddLinkCommand(app, argc, argv, exit_code);
  AddRunCommand(app, argc, argv, exit_code);
  AddRefineCommand(app, exit_code);
  AddDoctorCommand(app, exit_code);
  AddPatchCommand(app, exit_code);
  AddWrapCommand(app, exit_code);
  AddCheckCommand(app, exit_code);
  AddCacheCommand(app, exit_code);
  AddHelpCommand(app, exit_code);
  AddVersion(app);
  AddManual(app, exit_code);
  return Parse(app, argc, argv, {"c++", "cc"}, exit_code);
}

}  // namespace

int Main(int argc, char** argv) {
  const std::string command = argc > 1 ? argv[1] : "";
  // A compiler's arguments are no business of an option parser.
  if (command == "cc" || command == "c++") {
    return driver::CompilerMain(
        command == "cc" ? driver::Language::kC : driver::Language::kCxx,
        "chestnut " + command, std::vector<std::string>(argv + 2, argv + argc));
  }
  return RunCommand(argc, argv);
}

}  // namespace chestnut::cli
