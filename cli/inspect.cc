#include "cli/inspect.h"

#include "CLI/CLI.hpp"
#include "cli/commands.h"
#include "cli/parser.h"

namespace chestnut::cli {

int InspectMain(int argc, char** argv) {
  CLI::App app("What policies and programs say, read in a sandbox",
               "chestnut-inspect");
  app.require_subcommand(1);
  app.footer(
      "The commands of chestnut that read and execute nothing, for input that "
      "nobody trusts.\n\n"
      "Exit status: 0 done, 1 the answer is no, 2 wrong use or unreadable "
      "input, 3 incomplete.");
  int exit_code = kExitDone;
  AddAnalyzeCommand(app, exit_code);
  AddShowCommand(app, exit_code);
  AddExplainCommand(app, exit_code);
  AddDiffCommand(app, exit_code);
  AddExportCommand(app, exit_code);
  AddReportCommand(app, exit_code);
  AddVersion(app);
  return Parse(app, argc, argv, {}, exit_code);
}

}  // namespace chestnut::cli
