#ifndef CHESTNUT_CLI_WRAP_COMMAND_H_
#define CHESTNUT_CLI_WRAP_COMMAND_H_

#include "CLI/CLI.hpp"

namespace chestnut::cli {

// As the commands of commands.h.
void AddWrapCommand(CLI::App& app, int& exit_code);

}  // namespace chestnut::cli

#endif  // CHESTNUT_CLI_WRAP_COMMAND_H_
