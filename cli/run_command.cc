#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/policy_source.h"
#include "driver/process.h"
#include "driver/program_analysis.h"
#include "finalyzer/confinement.h"
#include "finalyzer/program.h"
#include "finalyzer/start.h"
#include "policy/model.h"

namespace chestnut::cli {
namespace {

struct Arguments {
  std::string policy;
  bool force = false;
  std::string at = "entry";
  driver::ProgramOptions analysis;
  std::vector<std::string> command;
};

// execvp's, where PATH is not set.
constexpr char kDefaultSearchPath[] = "/bin:/usr/bin";

int Fail(const absl::Status& status) {
  driver::PrintError(status.message());
  return absl::IsFailedPrecondition(status) ? kExitIncomplete : kExitWrongUse;
}

absl::StatusOr<policy::Policy> Analyze(const Arguments& arguments,
                                       const finalyzer::Program& program) {
  driver::ProgramOptions options = arguments.analysis;
  options.program = program.image;
  options.install_point = *policy::ParseInstallPoint(arguments.at);
  options.progress = isatty(STDERR_FILENO) != 0;
  absl::StatusOr<driver::ProgramAnalysis> analysis =
      driver::AnalyzeProgram(options);
  if (!analysis.ok()) return analysis.status();
  return std::move(analysis->policy);
}

int RunConfined(const Arguments& arguments, const finalyzer::Program& program) {
  if (absl::Status status = CheckPrivileges(program); !status.ok()) {
    return Fail(status);
  }
  const bool is_given = !arguments.policy.empty();
  absl::StatusOr<policy::Policy> policy =
      is_given ? LoadPolicy(arguments.policy) : Analyze(arguments, program);
  if (!policy.ok()) return Fail(policy.status());
  absl::StatusOr<finalyzer::Confinement> confinement =
      Confine(*policy, program, arguments.force || !is_given);
  if (!confinement.ok()) return Fail(confinement.status());
  if (policy->mode == policy::Mode::kLog) {
    driver::PrintError(
        "mode log: this program is not confined; calls outside its policy are "
        "only written to the kernel's log");
  }
  return Fail(StartConfined(program, arguments.command, *confinement));
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
  // A program made by chestnut cc brings its filter along.
  if (arguments.policy.empty() && LoadPolicy(program->image).ok()) {
    driver::PrintError(absl::StrCat(
        program->path, " carries its own policy and is run as it is"));
    return Fail(finalyzer::Start(*program, arguments.command));
  }
  return RunConfined(arguments, *program);
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
  CLI::Option* policy =
      run->add_option("--policy", arguments->policy,
                      "policy file, or a program that carries one; without, "
                      "the program is analysed");
  run->add_flag("--force", arguments->force,
                "use the policy though it is of another program");
  driver::ProgramOptions& analysis = arguments->analysis;
  run->add_option("--at", arguments->at,
                  "without a policy: where the filter goes on, entry or exec")
      ->check(CLI::IsMember({"entry", "exec"}))
      ->excludes(policy);
  run->add_option(
         "--module", analysis.modules,
         "without a policy: a library that the program loads by itself")
      ->excludes(policy);
  run->add_option("--overlay", analysis.overlay,
                  "without a policy: decisions about what cannot be known")
      ->excludes(policy);
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
