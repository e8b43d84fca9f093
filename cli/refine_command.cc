#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/policy_source.h"
#include "cli/text.h"
#include "driver/process.h"
#include "finalyzer/audit.h"
#include "finalyzer/observation.h"
#include "finalyzer/observation_file.h"
#include "finalyzer/refine.h"
#include "policy/executed.h"
#include "policy/json.h"
#include "policy/model.h"
#include "support/file.h"

namespace chestnut::cli {
namespace {

using finalyzer::Change;
using finalyzer::ChangeKind;

struct Arguments {
  std::string policy;
  std::vector<std::string> observed;
  std::vector<std::string> audit;
  std::string exec;
  bool add = false;
  bool remove_unused = false;
  std::vector<std::string> allow;
  std::vector<std::string> drop;
  std::string output;
};

absl::Status ReadReasons(const std::vector<std::string>& words,
                         absl::string_view option,
                         std::map<std::string, std::string>& reasons) {
  for (const std::string& word : words) {
    const size_t at = word.find('=');
    if (at == std::string::npos || at == 0 || at + 1 == word.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("refine: ", option, ": '", word,
                       "' is not CALL=REASON; whoever reads the policy later "
                       "wants to know why"));
    }
    reasons[word.substr(0, at)] = word.substr(at + 1);
  }
  return absl::OkStatus();
}

absl::StatusOr<finalyzer::Observations> ReadAll(const Arguments& arguments,
                                                const policy::Policy& policy) {
  finalyzer::Observations all =
      ObservationsOf(policy, finalyzer::Recorded::kAll);
  for (const std::string& path : arguments.observed) {
    absl::StatusOr<finalyzer::Observations> more =
        finalyzer::LoadObservations(path);
    if (!more.ok()) return more.status();
    if (absl::Status status = Merge(*more, path, all); !status.ok()) {
      return status;
    }
  }
  for (const std::string& path : arguments.audit) {
    absl::StatusOr<std::string> text = support::ReadFile(path);
    if (!text.ok()) return text.status();
    const finalyzer::AuditCounts counts =
        finalyzer::ReadAudit(*text, {policy.program}, all);
    all.recorded = finalyzer::Recorded::kMissing;
    driver::PrintNote(absl::StrCat(
        path, ": ", counts.records, " seccomp records of '", policy.program,
        "', ", counts.others, " of others, ", counts.broken, " cut off"));
  }
  return all;
}

absl::string_view Verb(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kAdded:
      return "added";
    case ChangeKind::kWidened:
      return "widened";
    case ChangeKind::kRemoved:
      return "removed";
    case ChangeKind::kKept:
      return "kept";
    case ChangeKind::kIgnored:
      break;
  }
  return "not added";
}

void PrintChange(const Change& change) {
  std::string text = absl::StrCat(Verb(change.kind), " ", change.call, ": ",
                                  change.reason, "\n");
  if (change.kind == ChangeKind::kRemoved) {
    policy::Call call;
    call.witness = change.witness;
    absl::StrAppend(&text,
                    change.witness.empty()
                        ? "  static analysis: no way to it is known\n"
                        : "  static analysis knows a way to it:\n",
                    WitnessText(call));
  }
  PrintText(text);
}

absl::StatusOr<int> Refine(const Arguments& arguments) {
  finalyzer::Refinement refinement;
  refinement.add = arguments.add;
  refinement.remove_unused = arguments.remove_unused;
  refinement.shared = arguments.exec == "shared";
  absl::Status status =
      ReadReasons(arguments.allow, "--allow", refinement.allowed_by_hand);
  if (status.ok()) {
    status = ReadReasons(arguments.drop, "--drop", refinement.dropped_by_hand);
  }
  if (!status.ok()) return status;
  if (arguments.exec == "block") {
    for (const char* call : {"execve", "execveat"}) {
      refinement.dropped_by_hand[call] = "other programs are not executed";
    }
  }
  absl::StatusOr<policy::Policy> policy = LoadPolicy(arguments.policy);
  if (!policy.ok()) return policy.status();
  absl::StatusOr<finalyzer::Observations> observations =
      ReadAll(arguments, *policy);
  if (!observations.ok()) return observations.status();
  absl::StatusOr<finalyzer::Refined> refined =
      Refine(*policy, *observations, refinement);
  if (!refined.ok()) return refined.status();
  if (arguments.exec == "block") {
    status = policy::BlockExecs(refined->policy);
    if (!status.ok()) return status;
  } else if (arguments.exec == "shared") {
    refined->policy.exec_choice = policy::ExecChoice::kShared;
  }
  bool ignored = false;
  for (const Change& change : refined->changes) {
    PrintChange(change);
    ignored |= change.kind == ChangeKind::kIgnored;
  }
  if (!arguments.output.empty()) {
    status = support::WriteFileAtomically(arguments.output,
                                          WritePolicy(refined->policy));
    if (!status.ok()) return status;
  }
  return ignored ? kExitFindings : kExitDone;
}

}  // namespace

void AddRefineCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "refine", "a better policy from what was seen of a program");
  command
      ->add_option("POLICY", arguments->policy,
                   "policy file, or a program that carries one")
      ->required();
  command->add_option("--observed", arguments->observed,
                      "what chestnut run noted under this policy");
  command->add_option("--audit", arguments->audit,
                      "kernel or audit log with records of type 1326");
  command->add_flag("--add", arguments->add,
                    "add what was seen and the policy lacks");
  command->add_flag("--remove-unused", arguments->remove_unused,
                    "take away what --trace-all never saw, and say what static "
                    "analysis knows about it; a rare path may need it");
  command
      ->add_option("--exec-policy,--exec", arguments->exec,
                   "programs that it executes run under the same filter, which "
                   "survives execve: block takes execve away, shared adds what "
                   "was seen of them too")
      ->check(CLI::IsMember({"block", "shared"}));
  command->add_option("--allow", arguments->allow,
                      "CALL=REASON: allow it by hand");
  command->add_option("--drop", arguments->drop,
                      "CALL=REASON: take it away by hand");
  command->add_option("-o,--output", arguments->output,
                      "the new policy; without, only the changes are shown");
  command->footer(
      "Exit status: 0 done, 1 something that was seen is not in the new "
      "policy, "
      "2 wrong use or unreadable input.");
  command->callback(
      [arguments, &exit_code]() { exit_code = ExitCode(Refine(*arguments)); });
}

}  // namespace chestnut::cli
