#include "policy/model.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "policy/always.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

constexpr std::array<std::pair<InstallPoint, absl::string_view>, 4>
    kInstallPoints = {{{InstallPoint::kMain, "main"},
                       {InstallPoint::kEntry, "entry"},
                       {InstallPoint::kExec, "exec"},
                       {InstallPoint::kManual, "manual"}}};

constexpr std::array<std::pair<Mode, absl::string_view>, 5> kModes = {
    {{Mode::kKill, "kill"},
     {Mode::kErrno, "errno"},
     {Mode::kTrap, "trap"},
     {Mode::kLog, "log"},
     {Mode::kNotify, "notify"}}};

constexpr std::array<std::pair<ExecChoice, absl::string_view>, 5> kExecChoices =
    {{{ExecChoice::kInherited, "inherited"},
      {ExecChoice::kBlock, "block"},
      {ExecChoice::kShared, "shared"},
      {ExecChoice::kPerProgram, "per-program"},
      {ExecChoice::kSupervised, "supervised"}}};

// The kernel's MAX_ERRNO; larger values are cut down to it.
constexpr int kMaxErrno = 4095;

uint64_t Mask(int width) { return width == 32 ? 0xffffffffu : ~uint64_t{0}; }

void SortValues(std::vector<uint64_t>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

// What both entries allow together: a rule survives only if both have it, and
// then with the values of both.
void Join(Call& into, const Call& other) {
  std::vector<ArgumentRule> joined;
  // Allowing each argument's union allows combinations that neither entry has,
  // never fewer. Only one rule stays exact when both entries differ in one.
  for (const ArgumentRule& a : into.arguments) {
    for (const ArgumentRule& b : other.arguments) {
      if (a.index != b.index || a.width != b.width) continue;
      ArgumentRule rule = a;
      rule.values.insert(rule.values.end(), b.values.begin(), b.values.end());
      SortValues(rule.values);
      joined.push_back(std::move(rule));
    }
  }
  into.arguments = std::move(joined);
  if (into.witness.empty()) into.witness = other.witness;
}

void NormalizeCalls(std::vector<Call>& calls) {
  for (Call& call : calls) {
    for (ArgumentRule& rule : call.arguments) {
      for (uint64_t& value : rule.values) value &= Mask(rule.width);
      SortValues(rule.values);
    }
    std::sort(call.arguments.begin(), call.arguments.end(),
              [](const ArgumentRule& a, const ArgumentRule& b) {
                return a.index < b.index;
              });
  }
  std::map<int, Call> merged;
  for (Call& call : calls) {
    auto [entry, is_new] = merged.try_emplace(call.number, call);
    if (!is_new) Join(entry->second, call);
  }
  calls.clear();
  for (auto& [number, call] : merged) calls.push_back(std::move(call));
}

// So that of equal ones the same stays, whatever order they came in.
std::string Chain(const Execution& execution) {
  std::string chain;
  for (const WitnessStep& step : execution.witness) {
    absl::StrAppend(&chain, step.function, "\n", step.place, "\n", step.reason,
                    "\n");
  }
  return chain;
}

void NormalizeExecutions(std::vector<Execution>& executes) {
  auto key = [](const Execution& e) {
    return std::tie(e.program, e.command, e.function);
  };
  std::sort(executes.begin(), executes.end(),
            [&key](const Execution& a, const Execution& b) {
              if (key(a) != key(b)) return key(a) < key(b);
              return std::pair(a.witness.size(), Chain(a)) <
                     std::pair(b.witness.size(), Chain(b));
            });
  executes.erase(std::unique(executes.begin(), executes.end(),
                             [&key](const Execution& a, const Execution& b) {
                               return key(a) == key(b);
                             }),
                 executes.end());
}

absl::Status ValidateRule(const Call& call, const syscalls::Syscall& known,
                          const ArgumentRule& rule) {
  const std::string where = absl::StrCat(call.name, ", argument ", rule.index);
  if (rule.index < 0 || rule.index >= known.argument_count) {
    return absl::InvalidArgumentError(absl::StrCat(
        where, ": the call has ", known.argument_count, " arguments"));
  }
  const syscalls::Argument& argument = known.arguments[rule.index];
  if (argument.pointer) {
    return absl::InvalidArgumentError(absl::StrCat(
        where, ": an address in memory cannot be restricted by its value"));
  }
  if (rule.width != argument.width) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, ": width is ", rule.width, ", the kernel reads ",
                     int{argument.width}, " bits"));
  }
  if (rule.values.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        where, ": no value is given; leave out the rule or the whole call"));
  }
  for (size_t i = 0; i < rule.values.size(); ++i) {
    if ((rule.values[i] & ~Mask(rule.width)) != 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(where, ": value 0x", absl::Hex(rule.values[i]),
                       " is wider than ", rule.width, " bits"));
    }
    if (i > 0 && rule.values[i - 1] >= rule.values[i]) {
      return absl::InvalidArgumentError(
          absl::StrCat(where, ": the values are not in ascending order"));
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateCall(const Call& call, int max_known) {
  const syscalls::Syscall* known = syscalls::FindByName(call.name);
  if (known == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown call \"", call.name, "\""));
  }
  if (known->number != call.number) {
    return absl::InvalidArgumentError(absl::StrCat(
        call.name, " has number ", known->number, ", not ", call.number));
  }
  if (call.number > max_known) {
    return absl::InvalidArgumentError(absl::StrCat(call.name, " (", call.number,
                                                   ") is beyond max_known (",
                                                   max_known, ")"));
  }
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    if (absl::Status status = ValidateRule(call, *known, call.arguments[i]);
        !status.ok()) {
      return status;
    }
    if (i > 0 && call.arguments[i - 1].index >= call.arguments[i].index) {
      return absl::InvalidArgumentError(absl::StrCat(
          call.name, ": the rules are not in the order of the arguments, each ",
          "argument once"));
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateCalls(const std::vector<Call>& calls, int max_known,
                           absl::string_view list) {
  for (size_t i = 0; i < calls.size(); ++i) {
    if (absl::Status status = ValidateCall(calls[i], max_known); !status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(list, ": ", status.message()));
    }
    if (i > 0 && calls[i - 1].number >= calls[i].number) {
      return absl::InvalidArgumentError(
          absl::StrCat(list, ": ", calls[i].name,
                       " stands after a call with the same or a larger number; "
                       "calls are sorted by number, each once"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

Policy EmptyPolicy(absl::string_view program, InstallPoint install_point,
                   Mode mode) {
  Policy policy;
  policy.program = std::string(program);
  policy.install_point = install_point;
  policy.mode = mode;
  policy.max_known = syscalls::kMaxKnown;
  AddAlwaysNeeded(policy);
  return policy;
}

void Normalize(Policy& policy) {
  NormalizeCalls(policy.calls);
  NormalizeCalls(policy.startup_calls);
  auto& incomplete = policy.incomplete;
  std::sort(incomplete.begin(), incomplete.end(),
            [](const Incomplete& a, const Incomplete& b) {
              return std::tie(a.place, a.reason) < std::tie(b.place, b.reason);
            });
  incomplete.erase(std::unique(incomplete.begin(), incomplete.end()),
                   incomplete.end());
  NormalizeExecutions(policy.executes);
}

absl::Status Validate(const Policy& policy) {
  if (policy.architecture != kArchitecture) {
    return absl::InvalidArgumentError(
        absl::StrCat("architecture is \"", policy.architecture,
                     "\"; only x86_64 is supported"));
  }
  if (policy.max_known < 0 || policy.max_known > syscalls::kMaxKnown) {
    return absl::InvalidArgumentError(
        absl::StrCat("max_known is ", policy.max_known, ", not 0 to ",
                     syscalls::kMaxKnown, ", which this version knows"));
  }
  if (policy.mode == Mode::kErrno &&
      (policy.errno_value < 1 || policy.errno_value > kMaxErrno)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "errno is ", policy.errno_value, ", not 1 to ", kMaxErrno));
  }
  if (absl::Status status =
          ValidateCalls(policy.calls, policy.max_known, "calls");
      !status.ok()) {
    return status;
  }
  if (absl::Status status = ValidateCalls(policy.startup_calls,
                                          policy.max_known, "startup_calls");
      !status.ok()) {
    return status;
  }
  for (const AlwaysNeeded& needed : AlwaysNeededCalls(policy.mode)) {
    if (FindCall(policy.calls, needed.number) == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("calls lacks ", syscalls::NameOrNumber(needed.number),
                       ": ", needed.reason));
    }
  }
  return absl::OkStatus();
}

const Call* FindCall(const std::vector<Call>& calls, int number) {
  auto found =
      std::lower_bound(calls.begin(), calls.end(), number,
                       [](const Call& call, int n) { return call.number < n; });
  return found != calls.end() && found->number == number ? &*found : nullptr;
}

absl::string_view ToString(InstallPoint install_point) {
  for (const auto& [value, name] : kInstallPoints) {
    if (value == install_point) return name;
  }
  return "unknown";
}

absl::string_view ToString(Mode mode) {
  for (const auto& [value, name] : kModes) {
    if (value == mode) return name;
  }
  return "unknown";
}

absl::string_view ToString(ExecChoice choice) {
  for (const auto& [value, name] : kExecChoices) {
    if (value == choice) return name;
  }
  return "unknown";
}

std::optional<ExecChoice> ParseExecChoice(absl::string_view text) {
  for (const auto& [value, name] : kExecChoices) {
    if (name == text) return value;
  }
  return std::nullopt;
}

std::optional<InstallPoint> ParseInstallPoint(absl::string_view text) {
  for (const auto& [value, name] : kInstallPoints) {
    if (name == text) return value;
  }
  return std::nullopt;
}

std::optional<Mode> ParseMode(absl::string_view text) {
  for (const auto& [value, name] : kModes) {
    if (name == text) return value;
  }
  return std::nullopt;
}

}  // namespace chestnut::policy
