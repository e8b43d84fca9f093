// What the parser knows of the commands, for other readers than people at a
// terminal.
#ifndef CHESTNUT_CLI_MANUAL_H_
#define CHESTNUT_CLI_MANUAL_H_

#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"

namespace chestnut::cli {

// The page of section 1 for `command`, in man(7)'s macros; of the whole program
// for an empty name. NotFound if there is no such command.
absl::StatusOr<std::string> ManualPage(const CLI::App& app,
                                       const std::string& command);

// A script that completes commands and options. InvalidArgument for another
// shell than bash, zsh or fish.
absl::StatusOr<std::string> CompletionScript(const CLI::App& app,
                                             const std::string& shell);

}  // namespace chestnut::cli

#endif  // CHESTNUT_CLI_MANUAL_H_
