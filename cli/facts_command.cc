#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/facts_source.h"
#include "driver/process.h"
#include "driver/toolchain.h"
#include "facts/dump.h"

namespace chestnut::cli {
namespace {

int Dump(const std::string& path) {
  absl::StatusOr<std::vector<facts::UnitView>> units = LoadOrMakeFacts(path);
  if (!units.ok()) {
    driver::PrintError(units.status().message());
    return kExitWrongUse;
  }
  for (const facts::UnitView& unit : *units) {
    std::fputs(facts::DumpJson(unit).c_str(), stdout);
  }
  return kExitDone;
}

// Source facts need the compiler's libraries, which only that program loads.
int RunFrontend(const std::vector<std::string>& arguments) {
  absl::StatusOr<std::string> frontend =
      driver::FindCompanion("the frontend", {"chestnut-frontend"});
  if (!frontend.ok()) {
    driver::PrintError(frontend.status().message());
    return kExitWrongUse;
  }
  std::vector<std::string> command = {*frontend};
  command.insert(command.end(), arguments.begin(), arguments.end());
  driver::PrintError(driver::Exec(command).message());
  return kExitWrongUse;
}

}  // namespace

void AddFactsCommand(CLI::App& app, int& exit_code) {
  auto dump = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand(
      "facts", "facts of a compilation database's units, or what facts say");
  command->add_option("--dump", *dump,
                      "show as JSON the facts in a file, object or archive, or "
                      "those of compiled code");
  command->allow_extras();
  command->callback([command, dump, &exit_code]() {
    exit_code = dump->empty() ? RunFrontend(command->remaining()) : Dump(*dump);
  });
  command->footer(
      "Everything else goes to chestnut-frontend: -p DIR [-o "
      "OUTDIR] [FILE...]");
}

}  // namespace chestnut::cli
