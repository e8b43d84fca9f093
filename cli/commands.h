// The subcommands of `chestnut`, one file each. A subcommand adds itself to the
// parser with the function that does its work.
#ifndef CHESTNUT_CLI_COMMANDS_H_
#define CHESTNUT_CLI_COMMANDS_H_

#include "CLI/CLI.hpp"
#include "absl/strings/string_view.h"

namespace chestnut::cli {

// Exit statuses of all subcommands.
inline constexpr int kExitDone = 0;
inline constexpr int kExitFindings = 1;    // the answer is no
inline constexpr int kExitWrongUse = 2;    // wrong use, unreadable input
inline constexpr int kExitIncomplete = 3;  // the analysis is incomplete

// `exit_code` is set when the subcommand has run.
void AddAnalyzeCommand(CLI::App& app, int& exit_code);
void AddCheckCommand(CLI::App& app, int& exit_code);
void AddCacheCommand(CLI::App& app, int& exit_code);
void AddFactsCommand(CLI::App& app, int& exit_code);
void AddPolicyCommand(CLI::App& app, int& exit_code);
void AddShowCommand(CLI::App& app, int& exit_code);
void AddExplainCommand(CLI::App& app, int& exit_code);
void AddPatchCommand(CLI::App& app, int& exit_code);
void AddLibcCommand(CLI::App& app, int& exit_code);
// What makes, compares and rewrites the policies that a repository keeps.
void AddDiffCommand(CLI::App& app, int& exit_code);
void AddUpdateCommand(CLI::App& app, int& exit_code);
// To and from the forms of other programs.
void AddExportCommand(CLI::App& app, int& exit_code);
void AddImportCommand(CLI::App& app, int& exit_code);
void AddReportCommand(CLI::App& app, int& exit_code);
void AddWrapCommand(CLI::App& app, int& exit_code);
void AddRefineCommand(CLI::App& app, int& exit_code);
void AddDoctorCommand(CLI::App& app, int& exit_code);
void AddHelpCommand(CLI::App& app, int& exit_code);
// Takes the link command off the end of argv.
void AddLinkCommand(CLI::App& app, int& argc, char** argv, int& exit_code);
// Takes the program and its arguments off the end of argv.
void AddRunCommand(CLI::App& app, int& argc, char** argv, int& exit_code);

// The whole program.
int Main(int argc, char** argv);

}  // namespace chestnut::cli

#endif  // CHESTNUT_CLI_COMMANDS_H_
