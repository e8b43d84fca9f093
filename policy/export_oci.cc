#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "policy/exports.h"
#include "policy/header.h"
#include "policy/model.h"
#include "policy/verdict.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kEnosys = 38;
constexpr uint64_t kLowHalf = 0xffffffff;
// Runtimes make a rule of each combination.
constexpr size_t kMaxCombinations = 256;

absl::StatusOr<Json> DeniedAction(const Policy& policy) {
  switch (policy.mode) {
    case Mode::kKill:
      return Json({{"action", "SCMP_ACT_KILL_PROCESS"}});
    case Mode::kErrno:
      return Json(
          {{"action", "SCMP_ACT_ERRNO"}, {"errnoRet", policy.errno_value}});
    case Mode::kTrap:
      return Json({{"action", "SCMP_ACT_TRAP"}});
    case Mode::kLog:
      return Json({{"action", "SCMP_ACT_LOG"}});
    case Mode::kNotify:
      break;
  }
  return absl::UnimplementedError(
      "mode 'notify' needs a supervisor that the container runtime knows of; "
      "use a policy of mode kill, errno, trap or log");
}

Json Condition(const ArgumentRule& rule, uint64_t value) {
  if (rule.width == 64) {
    return {{"index", rule.index}, {"value", value}, {"op", "SCMP_CMP_EQ"}};
  }
  // runtime-spec: value is the mask here, valueTwo what must come out.
  return {{"index", rule.index},
          {"value", kLowHalf},
          {"valueTwo", value},
          {"op", "SCMP_CMP_MASKED_EQ"}};
}

// All conditions of an entry hold together, so that each combination of values
// is an entry of its own. Empty if there would be too many.
std::vector<Json> Combinations(const std::vector<ArgumentRule>& rules) {
  std::vector<Json> result = {Json::array()};
  for (const ArgumentRule& rule : rules) {
    std::vector<Json> longer;
    if (result.size() * rule.values.size() > kMaxCombinations) return {};
    for (const Json& conditions : result) {
      for (uint64_t value : rule.values) {
        longer.push_back(conditions);
        longer.back().push_back(Condition(rule, value));
      }
    }
    result = std::move(longer);
  }
  return result;
}

class Profile {
 public:
  Profile(const Policy& whole, const OciOptions& options)
      : whole_(whole), options_(options) {}

  absl::StatusOr<Exported> Write() {
    absl::StatusOr<Json> denied = DeniedAction(whole_);
    if (!denied.ok()) return denied.status();
    absl::Status status = AddAllowed();
    if (!status.ok()) return status;
    AddDenied(*denied);
    return Exported{Head().dump(2) + "\n", std::move(notes_)};
  }

 private:
  bool moby() const { return options_.flavor == OciFlavor::kMoby; }

  Json Entry(std::vector<std::string> names) const {
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return {{"names", std::move(names)}};
  }

  absl::Status AddAllowed() {
    std::vector<std::string> names;
    std::vector<Json> ruled;
    for (const Call& call : whole_.calls) {
      if (IsLaunchers(call.name)) continue;
      const std::vector<Json> combinations = Combinations(call.arguments);
      if (call.arguments.empty() || combinations.empty()) {
        names.push_back(call.name);
        if (combinations.empty()) {
          notes_.push_back(absl::StrCat(
              call.name, " is allowed with any argument: more than ",
              kMaxCombinations, " combinations of values"));
        }
        continue;
      }
      for (const Json& conditions : combinations) {
        Json entry = Entry({call.name});
        entry["action"] = "SCMP_ACT_ALLOW";
        entry["args"] = conditions;
        ruled.push_back(std::move(entry));
      }
    }
    for (const std::string& name : options_.launcher_calls) {
      if (syscalls::FindByName(name) == nullptr) {
        return absl::InvalidArgumentError(
            absl::StrCat("there is no system call '", name, "'"));
      }
      names.push_back(name);
    }
    if (!ruled.empty()) {
      notes_.push_back(
          "a call with other arguments than its rules allow fails with ENOSYS, "
          "whatever the mode");
    }
    Json entry = Entry(std::move(names));
    entry["action"] = "SCMP_ACT_ALLOW";
    if (moby()) entry["comment"] = "what the program can need";
    rules_.push_back(std::move(entry));
    for (Json& one : ruled) rules_.push_back(std::move(one));
    return absl::OkStatus();
  }

  bool IsLaunchers(const std::string& name) const {
    const auto& calls = options_.launcher_calls;
    return std::find(calls.begin(), calls.end(), name) != calls.end();
  }

  void AddDenied(const Json& action) {
    std::vector<std::string> names;
    for (const syscalls::Syscall& call : syscalls::All()) {
      const auto number = static_cast<uint32_t>(call.number);
      const std::string name(call.name);
      if (FindCall(whole_.calls, call.number) == nullptr &&
          !IsLaunchers(name) &&
          VerdictOfMissing(whole_, number) == DeniedVerdict(whole_)) {
        names.push_back(name);
      }
    }
    // Runtimes refuse entries without names.
    if (names.empty()) return;
    Json entry = Entry(std::move(names));
    entry.update(action);
    if (moby()) entry["comment"] = "known, and not needed";
    rules_.push_back(std::move(entry));
  }

  Json Head() const {
    Json profile;
    profile["defaultAction"] = "SCMP_ACT_ERRNO";
    profile["defaultErrnoRet"] = kEnosys;
    if (moby()) {
      profile["archMap"] = Json::array({{{"architecture", "SCMP_ARCH_X86_64"},
                                         {"subArchitectures", Json::array()}}});
    } else {
      profile["architectures"] = {"SCMP_ARCH_X86_64"};
    }
    profile["syscalls"] = rules_;
    return profile;
  }

  const Policy& whole_;
  const OciOptions& options_;
  Json rules_ = Json::array();
  std::vector<std::string> notes_;
};

}  // namespace

// Seen with runc 1.1.5 by strace after the filter was on, and what the threads
// of its Go runtime do at any time (runtime/sys_linux_amd64.s in Go's source).
const std::vector<std::string>& RuncCalls() {
  static const auto* const kCalls = new std::vector<std::string>{
      "clone",          "close",         "epoll_create1",
      "epoll_ctl",      "epoll_pwait",   "eventfd2",
      "exit",           "exit_group",    "fcntl",
      "fstat",          "fstatfs",       "futex",
      "getdents64",     "getpid",        "getppid",
      "gettid",         "kill",          "madvise",
      "mmap",           "munmap",        "nanosleep",
      "newfstatat",     "openat",        "pipe2",
      "prctl",          "read",          "rt_sigaction",
      "rt_sigprocmask", "sched_yield",   "set_robust_list",
      "sigaltstack",    "tgkill",        "timer_create",
      "timer_delete",   "timer_settime", "write"};
  return *kCalls;
}

absl::StatusOr<Exported> ExportOci(const Policy& whole,
                                   const OciOptions& options) {
  return Profile(whole, options).Write();
}

}  // namespace chestnut::policy
