#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "callgraph/explanation.h"
#include "cli/commands.h"
#include "cli/explain.h"
#include "cli/installed_program.h"
#include "cli/output.h"
#include "cli/policy_source.h"
#include "cli/suggest.h"
#include "cli/text.h"
#include "driver/process.h"
#include "driver/program_analysis.h"
#include "policy/model.h"
#include "policy/verdict.h"
#include "syscalls/table.h"

namespace chestnut::cli {
namespace {

struct Arguments {
  std::string source;
  std::string call;
  std::string all;  // "roots" or "paths"
  bool places = false;
  std::string violation;
  callgraph::Question question;
  driver::ProgramOptions analysis;

  bool asks_graph() const { return !all.empty() || places; }
};

absl::StatusOr<int> NumberOf(const std::string& call) {
  if (const syscalls::Syscall* entry = syscalls::FindByName(call)) {
    return entry->number;
  }
  int number;
  if (absl::SimpleAtoi(call, &number) && number >= 0) return number;
  std::vector<std::string> names;
  names.reserve(syscalls::All().size());
  for (const syscalls::Syscall& known : syscalls::All()) {
    names.emplace_back(known.name);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "'", call, "' is no system call of x86-64", DidYouMean(call, names)));
}

// What becomes of a call that is not allowed.
std::string AnswerText(const policy::Policy& policy, int number) {
  if (policy::VerdictOfMissing(policy, static_cast<uint32_t>(number)) ==
      policy::UnknownVerdict(policy)) {
    return "it fails with ENOSYS, as libraries only try it and do without";
  }
  return ModeText(policy);
}

// What the program executes, each with the way to it.
std::string WaysOfExecutions(const policy::Policy& policy) {
  std::string text;
  for (const policy::Execution& execution : policy.executes) {
    absl::StrAppend(&text, "executes ", ExecutionText(execution), "\n",
                    WitnessText(execution.witness));
  }
  return text;
}

std::string Headline(const policy::Policy& policy, int number) {
  const std::string name = syscalls::NameOrNumber(number);
  const policy::Call* call = policy::FindCall(policy.calls, number);
  if (call != nullptr) {
    const std::string rules = RulesText(*call);
    return absl::StrCat(name, " is allowed",
                        rules.empty() ? "" : absl::StrCat(" (", rules, ")"),
                        "\n");
  }
  if (number > policy.max_known) {
    return absl::StrCat(name, " is newer than the policy of ",
                        ProgramName(policy), ", which knows calls up to ",
                        policy.max_known, "; it fails with ENOSYS\n");
  }
  const bool startup =
      policy::FindCall(policy.startup_calls, number) != nullptr;
  return absl::StrCat(name, " is not allowed by ", ProgramName(policy),
                      startup ? " once it has started" : "", "; ",
                      AnswerText(policy, number), "\n");
}

// The policy, and with a question what the program's graph says to it. A
// program that carries no policy is analysed for one.
absl::Status Ask(Arguments& arguments, policy::Policy& policy,
                 callgraph::Explanation& explanation) {
  driver::ProgramOptions& options = arguments.analysis;
  if (arguments.asks_graph()) options.question = arguments.question;
  absl::StatusOr<policy::Policy> loaded = LoadPolicy(arguments.source);
  const bool carries_none = absl::IsNotFound(loaded.status()) &&
                            ProgramOf(arguments.source, policy::Policy()).ok();
  if (!loaded.ok() && !(carries_none && arguments.asks_graph())) {
    return loaded.status();
  }
  if (loaded.ok()) policy = *std::move(loaded);
  if (!arguments.asks_graph()) return absl::OkStatus();
  policy::Policy wanted = policy;
  if (carries_none) wanted.install_point = policy::InstallPoint::kEntry;
  absl::StatusOr<driver::ProgramAnalysis> now =
      AnalyzeInstalled(arguments.source, wanted, options);
  if (!now.ok()) return now.status();
  explanation = std::move(now->explanation);
  if (carries_none) policy = std::move(now->policy);
  return absl::OkStatus();
}

absl::StatusOr<int> ExplainReport(const Arguments& arguments) {
  absl::StatusOr<policy::Policy> policy = LoadPolicy(arguments.source);
  if (!policy.ok()) return policy.status();
  absl::StatusOr<std::string> text = ViolationText(
      arguments.source, *policy, arguments.analysis, arguments.violation);
  if (!text.ok()) return text.status();
  PrintText(*text);
  return kExitFindings;
}

absl::StatusOr<int> Explain(Arguments arguments) {
  if (!arguments.violation.empty()) return ExplainReport(arguments);
  if (arguments.call.empty()) {
    return absl::InvalidArgumentError(
        "explain: which call? give its name or number, or a report with "
        "--violation");
  }
  absl::StatusOr<int> number = NumberOf(arguments.call);
  if (!number.ok()) return number.status();
  arguments.question.number = *number;
  arguments.question.paths = arguments.all == "paths";
  arguments.question.idle = true;
  policy::Policy policy;
  callgraph::Explanation explanation;
  absl::Status status = Ask(arguments, policy, explanation);
  if (!status.ok()) return status;
  const policy::Call* call = policy::FindCall(policy.calls, *number);
  std::string text = Headline(policy, *number);
  if (arguments.asks_graph()) {
    text += GraphText(policy, arguments.question, explanation);
  } else if (call != nullptr) {
    text += call->witness.empty()
                ? "  the policy keeps no way to it; --all asks the program\n"
                : WitnessText(*call);
    if (call->name == "execve" || call->name == "execveat") {
      text += WaysOfExecutions(policy);
    }
  }
  PrintText(text);
  return call != nullptr ? kExitDone : kExitFindings;
}

}  // namespace

void AddExplainCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "explain", "why a call is allowed or not, and what a violation means");
  command->add_option("X", arguments->source, "policy file or program")
      ->required();
  command->add_option("CALL", arguments->call, "name or number of the call");
  CLI::Option* all =
      command
          ->add_option(
              "--all", arguments->all,
              "all ways to it instead of the shortest: roots (one from "
              "each place where code begins to run) or paths")
          ->check(CLI::IsMember({"roots", "paths"}));
  command
      ->add_flag("--not", arguments->places,
                 "of a call that is not allowed: where code would make it, and "
                 "why that does not run")
      ->excludes(all);
  command
      ->add_option("--limit", arguments->question.most,
                   "so many ways or places (default 20)")
      ->check(CLI::Range(1, 100000));
  command->add_option("--violation", arguments->violation,
                      "what a program in mode trap printed, the kernel's or "
                      "auditd's log, a core file; - reads stdin");
  AddProgramOptions(*command, arguments->analysis);
  command->footer(
      "  chestnut explain date.json socket --not\n"
      "  journalctl -k | chestnut explain date.json --violation -\n\n"
      "--all and --not look at the program's machine code anew; a policy keeps "
      "the shortest way only. Exit status: 0 allowed, 1 not allowed or a "
      "violation, 2 wrong use or unreadable input.");
  command->callback(
      [arguments, &exit_code]() { exit_code = ExitCode(Explain(*arguments)); });
}

}  // namespace chestnut::cli
