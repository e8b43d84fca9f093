// A program of subcommands: arguments parsed, the output seen to its end.
#ifndef CHESTNUT_CLI_PARSER_H_
#define CHESTNUT_CLI_PARSER_H_

#include <string>
#include <vector>

#include "CLI/CLI.hpp"

namespace chestnut::cli {

// Adds --version and the subcommand `version`.
void AddVersion(CLI::App& app);

// Parses the arguments, which runs the subcommand that they name; returns the
// exit status of the program. What the parser does not know by itself and is a
// first word nevertheless is in `others`, sorted; `exit_code` is what the
// subcommand sets.
int Parse(CLI::App& app, int argc, char** argv,
          const std::vector<std::string>& others, const int& exit_code);

}  // namespace chestnut::cli

#endif  // CHESTNUT_CLI_PARSER_H_
