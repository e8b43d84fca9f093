#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/policy_source.h"
#include "driver/exec_policy.h"
#include "driver/process.h"
#include "driver/program_analysis.h"
#include "driver/symbols.h"
#include "finalyzer/confinement.h"
#include "finalyzer/program.h"
#include "finalyzer/start.h"
#include "finalyzer/supervisor.h"
#include "finalyzer/watch.h"
#include "policy/executed.h"
#include "policy/model.h"

namespace chestnut::cli {
namespace {

struct Arguments {
  std::string policy;
  bool force = false;
  std::string at = "entry";
  driver::ProgramOptions analysis;
  bool log = false;
  bool learn = false;
  bool trace_all = false;
  bool ask = false;
  std::string observed;
  std::vector<std::string> exec_policy;
  bool per_program = false;  // as chosen by it or by the policy
  std::vector<std::string> command;

  finalyzer::Watch watch() const {
    return log           ? finalyzer::Watch::kLog
           : learn       ? finalyzer::Watch::kLearn
           : trace_all   ? finalyzer::Watch::kTraceAll
           : ask         ? finalyzer::Watch::kAsk
           : per_program ? finalyzer::Watch::kEnforce
                         : finalyzer::Watch::kNone;
  }
  bool supervised() const { return watch() != finalyzer::Watch::kNone; }
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
  options.progress = ShowProgress();
  absl::StatusOr<driver::ProgramAnalysis> analysis =
      driver::AnalyzeProgram(options);
  if (!analysis.ok()) return analysis.status();
  return std::move(analysis->policy);
}

// As /proc/PID/exe has it.
std::string Resolved(const std::string& path) {
  std::error_code error;
  const auto resolved = std::filesystem::canonical(path, error);
  return error ? path : resolved.string();
}

finalyzer::Supervision Supervise(const Arguments& arguments,
                                 const finalyzer::Program& program,
                                 policy::Policy policy) {
  auto symbols = std::make_shared<driver::Symbols>();
  return {.watch = arguments.watch(),
          .policy = std::move(policy),
          .executable = Resolved(program.image),
          .observed = arguments.observed,
          .symbol = [symbols](const std::string& path, uint64_t offset) {
            return symbols->Find(path, offset);
          }};
}

// What was chosen on the command line, or else in the policy.
absl::StatusOr<driver::ExecPolicy> ChoiceFor(const Arguments& arguments,
                                             const policy::Policy& policy) {
  absl::StatusOr<driver::ExecPolicy> choice =
      driver::ParseExecPolicy(arguments.exec_policy);
  if (choice.ok() && arguments.exec_policy.empty() &&
      policy.exec_choice == policy::ExecChoice::kSupervised) {
    choice->choice = policy.exec_choice;
  }
  return choice;
}

absl::StatusOr<policy::Policy> AnalyzeExecuted(
    const driver::ProgramOptions& options, const std::string& path) {
  absl::StatusOr<driver::ExecutedProgram> executed =
      driver::ExecutedProgramAt(path, options);
  if (!executed.ok()) return executed.status();
  return std::move(executed->policy);
}

// Policies of the programs that are executed, the program itself among them.
absl::Status AddPrograms(const driver::ExecPolicy& choice,
                         const Arguments& arguments,
                         finalyzer::Supervision& supervision) {
  supervision.per_program = true;
  driver::ProgramOptions options = arguments.analysis;
  options.progress = false;
  // Only a shared filter asks what the program executes.
  driver::LeftOut left_out;
  absl::StatusOr<std::vector<driver::ExecutedProgram>> programs =
      FindExecuted(choice, supervision.policy, options, left_out);
  if (!programs.ok()) return programs.status();
  for (driver::ExecutedProgram& executed : *programs) {
    supervision.programs.emplace(executed.path, std::move(executed.policy));
  }
  absl::StatusOr<policy::Policy> own =
      PolicyOfExecuted(supervision.policy, /*has_own_filter=*/false);
  if (!own.ok()) return own.status();
  supervision.programs.insert_or_assign(supervision.executable,
                                        *std::move(own));
  if (choice.choice == policy::ExecChoice::kSupervised) {
    supervision.analyze = [options](const std::string& executed) {
      return AnalyzeExecuted(options, executed);
    };
  }
  return absl::OkStatus();
}

absl::Status RunPerProgram(const driver::ExecPolicy& choice,
                           const Arguments& arguments,
                           const finalyzer::Program& program,
                           policy::Policy policy) {
  finalyzer::Supervision supervision =
      Supervise(arguments, program, std::move(policy));
  absl::Status status = AddPrograms(choice, arguments, supervision);
  if (!status.ok()) return status;
  finalyzer::PerProgram programs;
  programs.more = choice.choice == policy::ExecChoice::kSupervised;
  for (const auto& [path, executed] : supervision.programs) {
    programs.policies.push_back(&executed);
  }
  absl::StatusOr<finalyzer::Confinement> confinement = Confine(
      supervision.policy, program, arguments.force || arguments.policy.empty(),
      arguments.watch(), &programs);
  if (!confinement.ok()) return confinement.status();
  return StartSupervised(program, arguments.command, &*confinement,
                         supervision);
}

absl::Status RunConfined(Arguments arguments,
                         const finalyzer::Program& program) {
  if (absl::Status status = CheckPrivileges(program); !status.ok()) {
    return status;
  }
  const bool is_given = !arguments.policy.empty();
  absl::StatusOr<policy::Policy> policy =
      is_given ? LoadPolicy(arguments.policy) : Analyze(arguments, program);
  if (!policy.ok()) return policy.status();
  absl::StatusOr<driver::ExecPolicy> choice = ChoiceFor(arguments, *policy);
  if (!choice.ok()) return choice.status();
  if (choice->choice == policy::ExecChoice::kPerProgram ||
      choice->choice == policy::ExecChoice::kSupervised) {
    arguments.per_program = true;
    return RunPerProgram(*choice, arguments, program, *std::move(policy));
  }
  absl::Status chosen = ChooseExecPolicy(*choice, arguments.analysis, *policy);
  if (!chosen.ok()) return chosen;
  absl::StatusOr<finalyzer::Confinement> confinement = Confine(
      *policy, program, arguments.force || !is_given, arguments.watch());
  if (!confinement.ok()) return confinement.status();
  if (arguments.supervised()) {
    return StartSupervised(program, arguments.command, &*confinement,
                           Supervise(arguments, program, *std::move(policy)));
  }
  if (policy->mode == policy::Mode::kLog) {
    driver::PrintError(
        "mode log: this program is not confined; calls outside its policy are "
        "only written to the kernel's log");
  }
  return StartConfined(program, arguments.command, *confinement);
}

// A program made by chestnut cc brings its filter along.
absl::Status RunCarrier(const Arguments& arguments,
                        const finalyzer::Program& program,
                        policy::Policy policy) {
  if (!arguments.exec_policy.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(program.path,
                     ": carries its own filter, so --exec-policy is chosen "
                     "where that is made (chestnut cc, chestnut patch)"));
  }
  if (!arguments.supervised()) {
    driver::PrintNote(absl::StrCat(
        program.path, " carries its own policy and is run as it is"));
    return finalyzer::Start(program, arguments.command);
  }
  if (policy.mode != policy::Mode::kNotify) {
    return absl::InvalidArgumentError(absl::StrCat(
        program.path, ": was built in mode ", ToString(policy.mode),
        ", which nothing loosens from outside; build it with "
        "--chestnut-mode=notify to watch it"));
  }
  if (arguments.trace_all) {
    return absl::InvalidArgumentError(absl::StrCat(
        program.path,
        ": its own filter asks only about calls that the policy lacks; use "
        "--log, --learn or --ask"));
  }
  if (absl::Status status = CheckPrivileges(program); !status.ok()) {
    return status;
  }
  return StartSupervised(program, arguments.command, nullptr,
                         Supervise(arguments, program, std::move(policy)));
}

absl::Status CheckArguments(const Arguments& arguments) {
  if (arguments.command.empty()) {
    return absl::InvalidArgumentError(
        "run: no program is given; use chestnut run --policy POLICY -- PROGRAM "
        "ARGUMENTS");
  }
  if ((arguments.learn || arguments.trace_all) && arguments.observed.empty()) {
    return absl::InvalidArgumentError(
        "run: --learn and --trace-all write what they see; add --observed "
        "FILE");
  }
  if (!arguments.observed.empty() && !arguments.supervised() &&
      arguments.exec_policy.empty()) {
    return absl::InvalidArgumentError(
        "run: --observed needs a supervisor; add --learn, --log, --ask or "
        "--trace-all");
  }
  return absl::OkStatus();
}

int Run(const Arguments& arguments) {
  if (absl::Status status = CheckArguments(arguments); !status.ok()) {
    return Fail(status);
  }
  const char* search_path = std::getenv("PATH");
  absl::StatusOr<finalyzer::Program> program = finalyzer::FindProgram(
      arguments.command.front(),
      search_path != nullptr ? search_path : kDefaultSearchPath);
  if (!program.ok()) return Fail(program.status());
  absl::StatusOr<policy::Policy> carried = LoadPolicy(program->image);
  if (carried.ok() && (arguments.policy.empty() || arguments.supervised())) {
    return Fail(RunCarrier(arguments, *program, *std::move(carried)));
  }
  return Fail(RunConfined(arguments, *program));
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

void AddSupervision(CLI::App& run, Arguments& arguments) {
  CLI::Option_group* watch = run.add_option_group("supervision");
  watch->add_flag("--log", arguments.log,
                  "let through what the policy lacks, one line for each new "
                  "call");
  watch->add_flag("--learn", arguments.learn,
                  "let through what the policy lacks and note it");
  watch->add_flag("--trace-all", arguments.trace_all,
                  "the same, and note the calls that the policy allows");
  watch->add_flag("--ask", arguments.ask,
                  "ask on the terminal about what the policy lacks");
  watch->require_option(0, 1);
  run.add_option("--observed", arguments.observed,
                 "where to note it; a file that is there already is added to");
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
  run->add_option("--exec-policy", arguments->exec_policy,
                  driver::kExecPolicyHelp)
      ->allow_extra_args(false);
  AddSupervision(*run, *arguments);
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
