#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/policy_source.h"
#include "cli/suggest.h"
#include "cli/text.h"
#include "driver/process.h"
#include "policy/verdict.h"
#include "syscalls/table.h"

namespace chestnut::cli {
namespace {

struct Arguments {
  std::string source;
  std::string call;
};

// -1 if there is no such call.
int NumberOf(const std::string& call) {
  if (const syscalls::Syscall* entry = syscalls::FindByName(call)) {
    return entry->number;
  }
  int number;
  if (absl::SimpleAtoi(call, &number) && number >= 0) return number;
  return -1;
}

// What becomes of a call that is not allowed.
std::string AnswerText(const policy::Policy& policy, int number) {
  if (policy::VerdictOfMissing(policy, static_cast<uint32_t>(number)) ==
      policy::UnknownVerdict(policy)) {
    return "it fails with ENOSYS, as libraries only try it and do without";
  }
  return ModeText(policy);
}

int Explain(const Arguments& arguments) {
  const int number = NumberOf(arguments.call);
  if (number < 0) {
    std::vector<std::string> names;
    names.reserve(syscalls::All().size());
    for (const syscalls::Syscall& call : syscalls::All()) {
      names.emplace_back(call.name);
    }
    driver::PrintError(absl::StrCat("'", arguments.call,
                                    "' is no system call of x86-64",
                                    DidYouMean(arguments.call, names)));
    return kExitWrongUse;
  }
  absl::StatusOr<policy::Policy> policy = LoadPolicy(arguments.source);
  if (!policy.ok()) {
    driver::PrintError(policy.status().message());
    return kExitWrongUse;
  }
  const std::string name = syscalls::NameOrNumber(number);
  const policy::Call* call = policy::FindCall(policy->calls, number);
  if (call == nullptr && number > policy->max_known) {
    std::printf(
        "%s is newer than the policy of %s, which knows calls up to %d; "
        "it fails with ENOSYS\n",
        name.c_str(), ProgramName(*policy).c_str(), policy->max_known);
    return kExitFindings;
  }
  if (call == nullptr) {
    const bool startup =
        policy::FindCall(policy->startup_calls, number) != nullptr;
    std::printf("%s is not allowed by %s%s; %s\n", name.c_str(),
                ProgramName(*policy).c_str(),
                startup ? " once it has started" : "",
                AnswerText(*policy, number).c_str());
    return kExitFindings;
  }
  const std::string rules = RulesText(*call);
  std::printf("%s is allowed%s\n%s", name.c_str(),
              rules.empty() ? "" : absl::StrCat(" (", rules, ")").c_str(),
              WitnessText(*call).c_str());
  return kExitDone;
}

}  // namespace

void AddExplainCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "explain", "why a call is allowed: the way from main to it");
  command->add_option("X", arguments->source, "policy file or program")
      ->required();
  command->add_option("CALL", arguments->call, "name or number of the call")
      ->required();
  command->callback(
      [arguments, &exit_code]() { exit_code = Explain(*arguments); });
}

}  // namespace chestnut::cli
