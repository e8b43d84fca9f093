#include "policy/executed.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "policy/always.h"
#include "policy/fit.h"
#include "policy/model.h"
#include "policy/verdict.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

constexpr absl::string_view kExecCalls[] = {"execve", "execveat"};
// What runtime/runtime.c and patcher/stub call to install a filter.
constexpr absl::string_view kInstallingCalls[] = {"prctl", "seccomp", "write",
                                                  "exit_group"};

Call CallOf(absl::string_view name, const std::string& reason) {
  Call call;
  call.name = std::string(name);
  call.number = syscalls::FindByName(name)->number;
  call.witness = {{"chestnut", "", reason}};
  return call;
}

// The rules that a call keeps if both must hold. False: nothing is left of it.
bool Narrow(const Call& by, Call& call) {
  for (const ArgumentRule& rule : by.arguments) {
    auto same = std::find_if(
        call.arguments.begin(), call.arguments.end(),
        [&rule](const ArgumentRule& own) { return own.index == rule.index; });
    if (same == call.arguments.end()) {
      call.arguments.push_back(rule);
      continue;
    }
    std::vector<uint64_t> both;
    std::set_intersection(same->values.begin(), same->values.end(),
                          rule.values.begin(), rule.values.end(),
                          std::back_inserter(both));
    if (both.empty()) return false;
    same->values = std::move(both);
  }
  return true;
}

}  // namespace

absl::StatusOr<Policy> PolicyOfExecuted(const Policy& policy,
                                        bool has_own_filter) {
  const bool starts_inside = policy.install_point == InstallPoint::kMain ||
                             policy.install_point == InstallPoint::kManual;
  if (starts_inside && policy.startup_calls.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the policy of '", policy.program, "' says nothing of its start-up, ",
        "which runs under the filter of whoever executes it; make one with ",
        "chestnut analyze"));
  }
  Policy whole = policy;
  whole.install_point = InstallPoint::kExec;
  whole.calls.insert(whole.calls.end(), policy.startup_calls.begin(),
                     policy.startup_calls.end());
  whole.startup_calls.clear();
  if (has_own_filter) {
    for (absl::string_view name : kInstallingCalls) {
      whole.calls.push_back(CallOf(name, "puts the program's own filter on"));
    }
  }
  Normalize(whole);
  return whole;
}

std::vector<std::string> Contain(const Policy& executed, Policy& parent) {
  std::vector<std::string> names;
  for (MissingCall& missing : MissingFrom(parent, executed)) {
    names.push_back(missing.needed.name);
    Call& call = missing.needed;
    call.witness.insert(
        call.witness.begin(),
        {.function = executed.program,
         .place = "",
         .reason = absl::StrCat("executed by ", parent.program,
                                ", whose filter stays on in it")});
    parent.calls.push_back(std::move(call));
  }
  for (const Module& module : executed.modules) {
    const bool known = module.name == parent.program ||
                       std::any_of(parent.modules.begin(), parent.modules.end(),
                                   [&module](const Module& own) {
                                     return own.name == module.name;
                                   });
    if (!known) parent.modules.push_back(module);
  }
  for (const Incomplete& entry : executed.incomplete) {
    parent.incomplete.push_back(
        {.place = entry.place,
         .reason = absl::StrCat("in ", executed.program,
                                ", which is executed: ", entry.reason)});
  }
  Normalize(parent);
  return names;
}

absl::Status BlockExecs(Policy& policy) {
  if (policy.install_point == InstallPoint::kExec) {
    return absl::FailedPreconditionError(
        "at install point exec the program itself is executed under the "
        "filter, which therefore allows execve; use install point entry or "
        "main to block it");
  }
  std::erase_if(policy.calls, [](const Call& call) {
    return std::find(std::begin(kExecCalls), std::end(kExecCalls), call.name) !=
           std::end(kExecCalls);
  });
  policy.exec_choice = ExecChoice::kBlock;
  policy.executes.clear();
  return absl::OkStatus();
}

Policy CommonOf(const std::vector<const Policy*>& policies) {
  Policy common = *policies.front();
  common.install_point = InstallPoint::kEntry;
  common.calls = EnforcedCalls(*policies.front());
  common.startup_calls.clear();
  for (const Policy* policy : policies) {
    const std::vector<Call> allowed = EnforcedCalls(*policy);
    common.max_known = std::min(common.max_known, policy->max_known);
    std::erase_if(common.calls, [&](Call& call) {
      const Call* other = FindCall(allowed, call.number);
      return other == nullptr || !Narrow(*other, call);
    });
  }
  AddAlwaysNeeded(common);
  return common;
}

}  // namespace chestnut::policy
