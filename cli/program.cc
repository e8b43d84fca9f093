#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/manual.h"
#include "cli/output.h"
#include "cli/suggest.h"
#include "driver/compiler.h"
#include "driver/process.h"
#include "facts/builder.h"
#include "policy/model.h"
#include "support/file.h"

namespace chestnut::cli {
namespace {

constexpr char kVersion[] = "0.1.0";

std::string VersionText() {
  return absl::StrCat("chestnut ", kVersion, ", facts ", facts::kSchemaMajor,
                      ".", facts::kSchemaMinor, ", policy ",
                      policy::kSchemaVersion);
}

void AddVersion(CLI::App& app) {
  app.set_version_flag("--version", VersionText());
  CLI::App* command = app.add_subcommand(
      "version", "versions of the program and of the forms it writes");
  command->callback([]() { std::puts(VersionText().c_str()); });
}

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

// Of a first word that is no command CLI11 says that a command is missing.
absl::Status CheckCommand(const CLI::App& app, const std::string& command) {
  if (command.empty() || command[0] == '-') return absl::OkStatus();
  std::vector<std::string> names;
  for (const CLI::App* known : app.get_subcommands(nullptr)) {
    if (known->get_name() == command) return absl::OkStatus();
    names.push_back(known->get_name());
  }
  std::sort(names.begin(), names.end());
  names.insert(names.begin(), {"c++", "cc"});
  const std::string near = DidYouMean(command, names);
  return absl::InvalidArgumentError(absl::StrCat(
      "'", command, "' is no command",
      near.empty() ? "; there are " + absl::StrJoin(names, ", ") : near));
}

// What was printed may still be in the buffer of a full disk.
int Finish(int exit_code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit_code;
  driver::PrintError(
      absl::StrCat("cannot write the output: ", std::strerror(errno)));
  return kExitWrongUse;
}

// What every command takes.
void AddVerbosity(CLI::App& app) {
  for (CLI::App* command : app.get_subcommands(nullptr)) {
    CLI::Option* quiet = command->add_flag_callback(
        "--quiet", []() { driver::SetVerbosity(driver::Verbosity::kQuiet); },
        "say errors only, beside the result");
    command
        ->add_flag_callback(
            "--verbose",
            []() { driver::SetVerbosity(driver::Verbosity::kVerbose); },
            "say what is being done")
        ->excludes(quiet);
  }
}

int Report(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_name() == "CallForHelp") {
    PrintText(app.help());
    return kExitDone;
  }
  if (error.get_exit_code() == 0) return app.exit(error);
  driver::PrintError(std::string(error.what()) +
                     "; see chestnut --help and chestnut COMMAND --help");
  return kExitWrongUse;
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
  AddVerbosity(app);
  const absl::Status known = CheckCommand(app, argc > 1 ? argv[1] : "");
  if (!known.ok()) {
    driver::PrintError(known.message());
    return kExitWrongUse;
  }
  try {  // CLI11 knows no other way to say that the arguments are wrong.
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Report(app, error);
  }
  return exit_code;
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
  return Finish(RunCommand(argc, argv));
}

}  // namespace chestnut::cli
