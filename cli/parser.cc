#include "cli/parser.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/suggest.h"
#include "driver/process.h"
#include "facts/builder.h"
#include "policy/model.h"

namespace chestnut::cli {
namespace {

constexpr char kVersion[] = "0.1.0";

std::string VersionText(const CLI::App& app) {
  return absl::StrCat(app.get_name(), " ", kVersion, ", facts ",
                      facts::kSchemaMajor, ".", facts::kSchemaMinor,
                      ", policy ", policy::kSchemaVersion);
}

// Of a first word that is no command CLI11 says that a command is missing.
absl::Status CheckCommand(const CLI::App& app, const std::string& command,
                          const std::vector<std::string>& others) {
  if (command.empty() || command[0] == '-') return absl::OkStatus();
  std::vector<std::string> names;
  for (const CLI::App* known : app.get_subcommands(nullptr)) {
    if (known->get_name() == command) return absl::OkStatus();
    names.push_back(known->get_name());
  }
  std::sort(names.begin(), names.end());
  names.insert(names.begin(), others.begin(), others.end());
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
  driver::PrintError(absl::StrCat(error.what(), "; see ", app.get_name(),
                                  " --help and ", app.get_name(),
                                  " COMMAND --help"));
  return kExitWrongUse;
}

int Run(CLI::App& app, int argc, char** argv,
        const std::vector<std::string>& others, const int& exit_code) {
  AddVerbosity(app);
  const absl::Status known = CheckCommand(app, argc > 1 ? argv[1] : "", others);
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

void AddVersion(CLI::App& app) {
  app.set_version_flag("--version", VersionText(app));
  CLI::App* command = app.add_subcommand(
      "version", "versions of the program and of the forms it writes");
  command->callback([&app]() { std::puts(VersionText(app).c_str()); });
}

int Parse(CLI::App& app, int argc, char** argv,
          const std::vector<std::string>& others, const int& exit_code) {
  return Finish(Run(app, argc, argv, others, exit_code));
}

}  // namespace chestnut::cli
