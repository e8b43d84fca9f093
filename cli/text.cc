#include "cli/text.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "syscalls/arguments.h"

namespace chestnut::cli {

std::string ProgramName(const policy::Policy& policy) {
  return policy.program.empty() ? "the program" : policy.program;
}

std::string ModeText(const policy::Policy& policy) {
  switch (policy.mode) {
    case policy::Mode::kKill:
      return "any other call kills the process";
    case policy::Mode::kErrno:
      return absl::StrCat("any other call fails with errno ",
                          policy.errno_value);
    case policy::Mode::kTrap:
      return "any other call ends the process with a message";
    case policy::Mode::kLog:
      return "not enforced: other calls are logged";
    case policy::Mode::kNotify:
      return "a supervisor decides any other call";
  }
  return "";
}

std::string RulesText(const policy::Call& call) {
  std::vector<std::string> rules;
  rules.reserve(call.arguments.size());
  for (const policy::ArgumentRule& rule : call.arguments) {
    std::vector<std::string> values;
    values.reserve(rule.values.size());
    for (const uint64_t value : rule.values) {
      values.push_back(
          syscalls::FormatArgument(call.number, rule.index, value));
    }
    rules.push_back(absl::StrCat("argument ", rule.index, ": ",
                                 absl::StrJoin(values, ", ")));
  }
  return absl::StrJoin(rules, "; ");
}

std::string PolicyText(const policy::Policy& policy,
                       const std::vector<policy::Call>& calls) {
  std::string text = absl::StrCat(
      ProgramName(policy), ": ", calls.size(), " calls from ",
      policy::ToString(policy.install_point), " on; ", ModeText(policy), "\n");
  for (const policy::Incomplete& entry : policy.incomplete) {
    absl::StrAppend(&text, "  incomplete: ", entry.place, ": ", entry.reason,
                    "\n");
  }
  for (const policy::Call& call : calls) {
    const std::string rules = RulesText(call);
    absl::StrAppend(&text, "  ", call.name,
                    rules.empty() ? "" : absl::StrCat("  (", rules, ")"), "\n");
  }
  return absl::StrCat(text, ExecutionsText(policy));
}

std::string ExecutionText(const policy::Execution& execution) {
  std::string text = execution.program.empty() ? "a program that is not known"
                                               : execution.program;
  if (!execution.command.empty()) {
    absl::StrAppend(&text, " -c '", absl::CEscape(execution.command), "'");
  }
  absl::StrAppend(&text, " by ", execution.function);
  if (!execution.witness.empty() && !execution.witness.back().place.empty()) {
    absl::StrAppend(&text, " at ", execution.witness.back().place);
  }
  return text;
}

std::string ExecutionsText(const policy::Policy& policy) {
  std::string text;
  switch (policy.exec_choice) {
    case policy::ExecChoice::kInherited:
      if (policy.executes.empty()) return "";
      text = "its filter stays on in what it executes (--exec-policy chooses):";
      break;
    case policy::ExecChoice::kBlock:
      return "it executes no other program (block)\n";
    case policy::ExecChoice::kShared:
      text = "what it executes is allowed for (shared):";
      break;
    case policy::ExecChoice::kPerProgram:
      text =
          "what it executes has policies of its own, which this one contains "
          "(per-program):";
      break;
    case policy::ExecChoice::kSupervised:
      text = "what it executes is decided by a supervisor (supervised):";
      break;
  }
  text.push_back('\n');
  for (const policy::Execution& execution : policy.executes) {
    absl::StrAppend(&text, "  ", ExecutionText(execution), "\n");
  }
  return text;
}

namespace {

std::string Named(const policy::Call& call) {
  const std::string rules = RulesText(call);
  return rules.empty() ? call.name : absl::StrCat(call.name, "  (", rules, ")");
}

// `because`: of the first line's end.
std::string ChangeText(const policy::CallChange& change,
                       const std::string& because) {
  const std::string startup = change.startup ? "start-up: " : "";
  switch (change.kind) {
    case policy::CallChange::Kind::kAdded:
      return absl::StrCat("+ ", startup, Named(change.is), because, "\n",
                          WitnessText(change.is));
    case policy::CallChange::Kind::kRemoved:
      return absl::StrCat("- ", startup, Named(change.was), because, "\n");
    case policy::CallChange::Kind::kRules:
      break;
  }
  auto rules = [](const policy::Call& call) {
    const std::string text = RulesText(call);
    return text.empty() ? "any arguments" : text;
  };
  return absl::StrCat("~ ", startup, change.is.name, ": ", rules(change.is),
                      "; was ", rules(change.was), because, "\n",
                      change.grew ? WitnessText(change.is) : "");
}

std::string Text(const policy::Diff& diff,
                 const std::vector<policy::Cause>& causes) {
  std::string text;
  for (const policy::FieldChange& change : diff.fields) {
    absl::StrAppend(&text, "~ ", change.field, ": ", change.is, "; was ",
                    change.was, "\n");
  }
  for (size_t i = 0; i < diff.calls.size(); ++i) {
    const bool known = i < causes.size() && !causes[i].text.empty();
    text += ChangeText(diff.calls[i],
                       known ? absl::StrCat("  [", causes[i].text, "]") : "");
  }
  for (const policy::Incomplete& entry : diff.undecided) {
    absl::StrAppend(&text, "+ incomplete: ", entry.place, ": ", entry.reason,
                    "\n");
  }
  for (const policy::Incomplete& entry : diff.decided) {
    absl::StrAppend(&text, "- incomplete: ", entry.place, ": ", entry.reason,
                    "\n");
  }
  return text;
}

}  // namespace

std::string DiffText(const policy::Diff& diff) { return Text(diff, {}); }

std::string ReviewText(const policy::ReviewedDiff& review) {
  std::string text = Text(review.diff, review.causes);
  for (const policy::Reference& entry : review.references) {
    absl::StrAppend(&text, entry.removed ? "- " : "+ ", "refers to ",
                    entry.symbol, "\n  ", entry.referrer, "  ", entry.place,
                    "\n");
  }
  return text;
}

std::string WitnessText(const policy::Call& call) {
  return WitnessText(call.witness);
}

std::string WitnessText(const std::vector<policy::WitnessStep>& witness) {
  std::string text;
  size_t width = 0;
  for (const policy::WitnessStep& step : witness) {
    width = std::max(width, step.function.size());
  }
  for (const policy::WitnessStep& step : witness) {
    std::string line = absl::StrFormat("  %-*s  %s", static_cast<int>(width),
                                       step.function, step.place);
    if (!step.reason.empty()) {
      absl::StrAppend(&line, step.place.empty() ? "" : "  ", "[", step.reason,
                      "]");
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    absl::StrAppend(&text, line, "\n");
  }
  return text;
}

}  // namespace chestnut::cli
