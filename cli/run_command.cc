#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/policy_source.h"
#include "driver/process.h"
#include "finalyzer/confinement.h"
#include "finalyzer/program.h"
#include "finalyzer/start.h"
#include "policy/model.h"

namespace chestnut::cli {
namespace {

struct Arguments {
  std::string policy;
  bool force = false;
  std::vector<std::string> command;
};

// execvp's, where PATH is not set.
constexpr char kDefaultSearchPath[] = "/bin:/usr/bin";

int Fail(const absl::Status& status) {
  driver::PrintError(status.message());
  return absl::IsFailedPrecondition(status) ? kExitIncomplete : kExitWrongUse;
}

// A program made by chestnut cc brings its filter itself.
int RunWithoutPolicy(const finalyzer::Program& program,
                     const std::vector<std::string>& command) {
  if (!LoadPolicy(program.image).ok()) {
    return Fail(absl::InvalidArgumentError(
        absl::StrCat(program.path,
                     ": no policy is given; make one with "
                     "chestnut analyze ",
                     program.image, " -o POLICY and give it with --policy")));
  }
  driver::PrintError(absl::StrCat(program.path,
                                  " carries its own policy and is run as it "
                                  "is"));
  return Fail(finalyzer::Start(program, command));
}

int Run(const Arguments& arguments) {
  if (arguments.command.empty()) {
    return Fail(absl::InvalidArgumentError(
        "run: no program is given; use chestnut run --policy POLICY -- PROGRAM "
        "ARGUMENTS"));
  }
  const char* search_path = std::getenv("PATH");
  absl::StatusOr<finalyzer::Program> program = finalyzer::FindProgram(
      arguments.command.front(),
      search_path != nullptr ? search_path : kDefaultSearchPath);
  if (!program.ok()) return Fail(program.status());
  if (arguments.policy.empty()) {
    return RunWithoutPolicy(*program, arguments.command);
  }
  if (absl::Status status = CheckPrivileges(*program); !status.ok()) {
    return Fail(status);
  }
  absl::StatusOr<policy::Policy> policy = LoadPolicy(arguments.policy);
  if (!policy.ok()) return Fail(policy.status());
  absl::StatusOr<finalyzer::Confinement> confinement =
      Confine(*policy, *program, arguments.force);
  if (!confinement.ok()) return Fail(confinement.status());
  if (policy->mode == policy::Mode::kLog) {
    driver::PrintError(
        "mode log: this program is not confined; calls outside its policy are "
        "only written to the kernel's log");
  }
  return Fail(StartConfined(*program, arguments.command, *confinement));
}

// Where PROGRAM stands on the command line `chestnut run OPTIONS [--] PROGRAM
// ARGUMENTS`; what comes then is no business of an option parser.
int FindCommand(const CLI::App& run, int argc, char** argv) {
  int i = 2;
  while (i < argc) {
    const std::string word = argv[i];
    if (word == "--") return i + 1;
    if (word.size() < 2 || word[0] != '-') return i;
    const CLI::Option* option = run.get_option_no_throw(word);
    const bool takes_next =
        option != nullptr && option->get_items_expected_min() > 0;
    i += takes_next ? 2 : 1;
  }
  return argc;
}

}  // namespace

void AddRunCommand(CLI::App& app, int& argc, char** argv, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* run = app.add_subcommand(
      "run", "run a program under its policy, from its entry point on");
  run->add_option("--policy", arguments->policy,
                  "policy file, or a program that carries one");
  run->add_flag("--force", arguments->force,
                "use the policy though it is of another program");
  run->footer(
      "chestnut run [OPTIONS] -- PROGRAM ARGUMENTS...\n\n"
      "The process becomes the program: its pid, streams, signals and exit "
      "status are the program's.");
  run->callback([arguments, &exit_code]() { exit_code = Run(*arguments); });
  if (argc < 2 || std::string(argv[1]) != "run") return;
  const int command = FindCommand(*run, argc, argv);
  arguments->command.assign(argv + std::min(command, argc), argv + argc);
  argc = std::min(command, argc);
}

}  // namespace chestnut::cli
