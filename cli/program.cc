#include <cstdio>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "driver/compiler.h"
#include "driver/process.h"
#include "facts/builder.h"
#include "policy/model.h"

namespace chestnut::cli {
namespace {

constexpr char kVersion[] = "0.1.0";

void AddVersionCommand(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "version", "versions of the program and of the forms it writes");
  command->callback([]() {
    std::printf("chestnut %s, facts %d.%d, policy %s\n", kVersion,
                facts::kSchemaMajor, facts::kSchemaMinor,
                std::string(policy::kSchemaVersion).c_str());
  });
}

int Report(const CLI::App& app, const CLI::ParseError& error) {
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
  AddFactsCommand(app, exit_code);
  AddPolicyCommand(app, exit_code);
  AddShowCommand(app, exit_code);
  AddExplainCommand(app, exit_code);
  AddLibcCommand(app, exit_code);
  AddRunCommand(app, argc, argv, exit_code);
  AddVersionCommand(app);
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
  return RunCommand(argc, argv);
}

}  // namespace chestnut::cli
