#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/text.h"
#include "driver/account.h"
#include "driver/exec_policy.h"
#include "driver/program_analysis.h"
#include "policy/json.h"

namespace chestnut::cli {
namespace {

struct Arguments {
  driver::ProgramOptions options;
  std::string at = "entry";
  std::string mode = "kill";
  std::string format = "text";
  std::string output;
  std::vector<std::string> exec_policy;
  bool startup = false;
  bool stats = false;
  bool loads = false;
  bool no_cache = false;
};

std::string Format(const Arguments& arguments, const policy::Policy& policy) {
  const auto& calls = arguments.startup ? policy.startup_calls : policy.calls;
  if (arguments.format == "names") return NamesText(calls);
  if (arguments.format == "text") return PolicyText(policy, calls);
  return policy::WritePolicy(policy);
}

void PrintModules(const driver::ProgramAnalysis& analysis) {
  for (const auto& file : analysis.files) {
    std::fprintf(stderr, "module: %s%s\n", file.path.c_str(),
                 file.group == 0 ? "" : " (at run time)");
  }
}

absl::Status PrintStatistics(const driver::ProgramAnalysis& analysis) {
  const callgraph::Statistics& s = analysis.statistics;
  std::fprintf(stderr,
               "modules: %zu\nfunctions: %u, live: %u, running: %u\n"
               "data objects: %u, live: %u\nsystem call sites used: %u\n",
               analysis.files.size(), s.functions, s.live_functions,
               s.running_functions, s.objects, s.live_objects, s.sites);
  PrintModules(analysis);
  auto list = [](const char* what, const std::vector<std::string>& entries) {
    for (const std::string& entry : entries) {
      std::fprintf(stderr, "%s: %s\n", what, entry.c_str());
    }
  };
  list("decided", analysis.decided);
  list("not installed", analysis.missing);
  list("depends on", analysis.consulted);
  for (const auto& load : analysis.loads) {
    std::fprintf(stderr, "%s: %s of %s\n", load.place.c_str(),
                 load.function.c_str(),
                 load.known ? load.name.c_str() : "an unknown name");
  }
  for (const auto& entry : analysis.undefined) {
    std::fprintf(stderr, "nobody defines: %s, which %s refers to\n",
                 entry.symbol.c_str(), entry.place.c_str());
  }
  absl::StatusOr<std::vector<std::string>> account =
      driver::AccountOf(analysis.files);
  if (!account.ok()) return account.status();
  list("account", *account);
  return absl::OkStatus();
}

absl::StatusOr<int> Analyze(Arguments arguments) {
  driver::ProgramOptions& options = arguments.options;
  absl::StatusOr<driver::ExecPolicy> choice =
      driver::ParseExecPolicy(arguments.exec_policy);
  if (!choice.ok()) return choice.status();
  options.install_point = *policy::ParseInstallPoint(arguments.at);
  options.mode = *policy::ParseMode(arguments.mode);
  options.use_cache = !arguments.no_cache;
  options.progress = ShowProgress();
  absl::StatusOr<driver::ProgramAnalysis> analysis =
      driver::AnalyzeProgram(options);
  if (!analysis.ok()) return analysis.status();
  policy::Policy& policy = analysis->policy;
  absl::Status chosen = ChooseExecPolicy(*choice, options, policy);
  if (!chosen.ok()) return chosen;
  const std::string text = Format(arguments, policy);
  absl::Status status = WriteOrPrint(arguments.output, text);
  if (!status.ok()) return status;
  if (arguments.stats) {
    absl::Status status = PrintStatistics(*analysis);
    if (!status.ok()) return status;
  } else if (arguments.loads) {
    PrintModules(*analysis);
  }
  return ReportIncomplete(policy.incomplete);
}

}  // namespace

void AddAnalyzeCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  driver::ProgramOptions& options = arguments->options;
  CLI::App* command = app.add_subcommand(
      "analyze", "the policy of a program that is there, with all it loads");
  command->add_option("ELF", options.program, "the program")->required();
  command
      ->add_option("--at", arguments->at,
                   "where the filter goes on: main, entry or exec")
      ->check(CLI::IsMember({"main", "entry", "exec"}));
  command->add_option("--module", options.modules,
                      "a library that the program loads by itself");
  command->add_option("--overlay", options.overlay,
                      "decisions about what cannot be known");
  command->add_option("--root", options.root,
                      "folder of the system that the program runs on");
  command->add_option("--mode", arguments->mode, "kill, errno, trap or log")
      ->check(CLI::IsMember({"kill", "errno", "trap", "log"}));
  command->add_option("--format", arguments->format, "text, json or names")
      ->check(CLI::IsMember({"text", "json", "names"}));
  command
      ->add_option("--exec-policy", arguments->exec_policy,
                   driver::kExecPolicyHelp)
      ->allow_extra_args(false);
  command->add_flag("--exact", options.exact,
                    "without the calls that another libc may make instead");
  command->add_flag("--startup", arguments->startup,
                    "what is needed before the filter is on");
  command->add_flag("--stats", arguments->stats,
                    "what was found and what is unknown, on stderr");
  command->add_flag("--loads", arguments->loads,
                    "what is loaded, in the loader's order, on stderr");
  command->add_flag("--no-cache", arguments->no_cache,
                    "read every module anew");
  command->add_option("-o", arguments->output,
                      "the policy's file (with it the format is json)");
  command->callback([command, arguments, &exit_code]() {
    if (!arguments->output.empty() && command->count("--format") == 0) {
      arguments->format = "json";
    }
    exit_code = ExitCode(Analyze(*arguments));
  });
}

}  // namespace chestnut::cli
