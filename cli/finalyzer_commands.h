// The subcommands of the Finalyzer beside `run`; see commands.h.
#ifndef CHESTNUT_CLI_FINALYZER_COMMANDS_H_
#define CHESTNUT_CLI_FINALYZER_COMMANDS_H_

#include "CLI/CLI.hpp"

namespace chestnut::cli {

void AddRefineCommand(CLI::App& app, int& exit_code);
void AddDoctorCommand(CLI::App& app, int& exit_code);

}  // namespace chestnut::cli

#endif  // CHESTNUT_CLI_FINALYZER_COMMANDS_H_
