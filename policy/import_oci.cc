#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"
#include "policy/imports.h"
#include "policy/model.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

using Json = nlohmann::json;
using syscalls::Syscall;

constexpr uint64_t kLowHalf = 0xffffffff;

// A field of an object; what is missing or of another type is as good as 0 and
// the empty string.
uint64_t NumberIn(const Json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_number_unsigned()
             ? found->get<uint64_t>()
             : 0;
}

std::string TextIn(const Json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>()
                                                     : "";
}

// Whether a call with this action is made.
bool LetsPass(absl::string_view action) {
  return action == "SCMP_ACT_ALLOW" || action == "SCMP_ACT_LOG";
}

std::optional<Mode> ModeOf(absl::string_view action) {
  if (absl::StartsWith(action, "SCMP_ACT_KILL")) return Mode::kKill;
  if (action == "SCMP_ACT_ERRNO") return Mode::kErrno;
  if (action == "SCMP_ACT_TRAP") return Mode::kTrap;
  if (action == "SCMP_ACT_NOTIFY" || action == "SCMP_ACT_TRACE") {
    return Mode::kNotify;
  }
  return LetsPass(action) ? std::optional(Mode::kLog) : std::nullopt;
}

// The condition as a rule of ours; nothing if it is another kind of condition.
std::optional<ArgumentRule> RuleOf(const Syscall& call, const Json& condition) {
  const uint64_t index = NumberIn(condition, "index");
  if (!condition.contains("index") ||
      index >= static_cast<uint64_t>(call.argument_count)) {
    return std::nullopt;
  }
  const int width = call.arguments[index].width;
  const std::string op = TextIn(condition, "op");
  const uint64_t value = NumberIn(condition, "value");
  ArgumentRule rule = {static_cast<int>(index), width, {}};
  if (op == "SCMP_CMP_EQ") {
    rule.values = {value};
  } else if (op == "SCMP_CMP_MASKED_EQ" && width == 32 &&
             (value & kLowHalf) == kLowHalf) {
    rule.values = {NumberIn(condition, "valueTwo")};
  } else {
    return std::nullopt;
  }
  return rule;
}

class OciReader {
 public:
  explicit OciReader(absl::string_view origin) : origin_(origin) {}

  absl::StatusOr<Imported> Read(absl::string_view text) {
    const Json root = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (root.is_discarded() || !root.is_object()) {
      return Error("is no JSON object");
    }
    // A container's configuration has it inside.
    if (root.contains("linux") && root["linux"].is_object() &&
        root["linux"].contains("seccomp")) {
      return ReadProfile(root["linux"]["seccomp"]);
    }
    return ReadProfile(root);
  }

 private:
  absl::Status Error(absl::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat(origin_, ": ", what,
                     "; wanted is the seccomp object of the OCI runtime-spec"));
  }

  absl::StatusOr<Imported> ReadProfile(const Json& profile) {
    if (!profile.is_object() || TextIn(profile, "defaultAction").empty()) {
      return Error("has no defaultAction");
    }
    const std::string action = TextIn(profile, "defaultAction");
    const std::optional<Mode> mode = ModeOf(action);
    if (!mode.has_value()) {
      return Error(absl::StrCat("defaultAction '", action, "' is not known"));
    }
    Policy& policy = out_.policy;
    policy = EmptyPolicy(origin_, InstallPoint::kExec, *mode);
    policy.calls.clear();
    if (*mode == Mode::kErrno) {
      const uint64_t value = NumberIn(profile, "defaultErrnoRet");
      policy.errno_value = value == 0 ? 1 : static_cast<int>(value & 0xfff);
    }
    if (LetsPass(action)) AddAll();
    if (profile.contains("syscalls")) {
      absl::Status status = ReadRules(profile["syscalls"], LetsPass(action));
      if (!status.ok()) return status;
    }
    Normalize(policy);
    AddNotes();
    return std::move(out_);
  }

  void AddAll() {
    out_.notes.push_back("what the profile does not name is allowed");
    for (const Syscall& call : syscalls::All()) {
      out_.policy.calls.push_back(
          {std::string(call.name), call.number, {}, {}});
    }
  }

  absl::Status ReadRules(const Json& rules, bool denies) {
    if (!rules.is_array()) return Error("'syscalls' is no list");
    for (const Json& rule : rules) {
      if (!rule.is_object() || TextIn(rule, "action").empty()) {
        return Error("an entry of 'syscalls' has no action");
      }
      if (!Applies(rule)) continue;
      const std::string action = TextIn(rule, "action");
      std::vector<std::string> names;
      for (const char* field : {"names", "name"}) {
        if (!rule.contains(field)) continue;
        const Json& value = rule[field];
        for (const Json& name : value.is_array() ? value : Json({value})) {
          if (!name.is_string()) return Error("a call's name is no string");
          names.push_back(name);
        }
      }
      for (const std::string& name : names) {
        if (LetsPass(action) != denies) Apply(name, rule, denies);
      }
    }
    return absl::OkStatus();
  }

  // Docker's conditions, for x86-64 without capabilities.
  static bool Applies(const Json& rule) {
    const auto holds = [](const Json& conditions, bool all) {
      const bool arches =
          !conditions.contains("arches") ||
          std::any_of(conditions["arches"].begin(), conditions["arches"].end(),
                      [](const Json& arch) { return arch == "amd64"; });
      const bool caps =
          !conditions.contains("caps") || conditions["caps"].empty();
      return all ? arches && caps : conditions.contains("arches") && arches;
    };
    if (rule.contains("includes") && rule["includes"].is_object() &&
        !holds(rule["includes"], true)) {
      return false;
    }
    return !rule.contains("excludes") || !rule["excludes"].is_object() ||
           !holds(rule["excludes"], false);
  }

  void Apply(const std::string& name, const Json& rule, bool denies) {
    const Syscall* call = syscalls::FindByName(name);
    if (call == nullptr) {
      unknown_.insert(name);
      return;
    }
    std::vector<Call>& calls = out_.policy.calls;
    if (denies) {
      // Denied for some arguments is allowed for others.
      if (!rule.contains("args") || rule["args"].empty()) {
        std::erase_if(calls, [call](const Call& entry) {
          return entry.number == call->number;
        });
      }
      return;
    }
    Call entry = {name, call->number, {}, {}};
    if (rule.contains("args") && rule["args"].is_array()) {
      for (const Json& condition : rule["args"]) {
        std::optional<ArgumentRule> ours =
            condition.is_object() ? RuleOf(*call, condition) : std::nullopt;
        if (ours.has_value()) {
          entry.arguments.push_back(*std::move(ours));
        } else {
          loose_.insert(name);
        }
      }
    }
    calls.push_back(std::move(entry));
  }

  void AddNotes() {
    if (!unknown_.empty()) {
      out_.notes.push_back(
          absl::StrCat("x86-64 has no system call of these names: ",
                       absl::StrJoin(unknown_, ", ")));
    }
    if (!loose_.empty()) {
      out_.notes.push_back(absl::StrCat("read as allowed with any argument: ",
                                        absl::StrJoin(loose_, ", ")));
    }
  }

  const std::string origin_;
  Imported out_;
  std::set<std::string> unknown_;
  std::set<std::string> loose_;
};

}  // namespace

absl::StatusOr<Imported> ImportOci(absl::string_view text,
                                   absl::string_view origin) {
  return OciReader(origin).Read(text);
}

}  // namespace chestnut::policy
