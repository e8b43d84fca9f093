#include "policy/always.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/model.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

// x86-64 numbers (syscalls/x86_64.inc).
constexpr int kWrite = 1;
constexpr int kRtSigreturn = 15;
constexpr int kExecve = 59;
constexpr int kGettid = 186;
constexpr int kRestartSyscall = 219;
constexpr int kExitGroup = 231;

}  // namespace

std::vector<AlwaysNeeded> AlwaysNeededCalls(Mode mode) {
  std::vector<AlwaysNeeded> needed = {
      {kRtSigreturn, "a signal handler returns through it"},
      {kRestartSyscall,
       "the kernel makes the program resume an interrupted call with it"}};
  if (mode == Mode::kTrap) {
    needed.push_back({kWrite, "the handler of mode trap writes its message"});
    needed.push_back({kGettid, "the handler of mode trap names the thread"});
    needed.push_back({kExitGroup, "the handler of mode trap ends the process"});
  }
  std::sort(needed.begin(), needed.end(),
            [](const AlwaysNeeded& a, const AlwaysNeeded& b) {
              return a.number < b.number;
            });
  return needed;
}

void AddAlwaysNeeded(Policy& policy) {
  for (const AlwaysNeeded& needed : AlwaysNeededCalls(policy.mode)) {
    Call call;
    call.name = syscalls::NameOrNumber(needed.number);
    call.number = needed.number;
    call.witness = {{.function = "chestnut",
                     .place = "",
                     .reason = std::string(needed.reason)}};
    // No rule survives the join with this unconstrained entry.
    policy.calls.push_back(std::move(call));
  }
  Normalize(policy);
}

Call StartingCall() {
  Call call;
  call.name = syscalls::NameOrNumber(kExecve);
  call.number = kExecve;
  call.witness = {{"", "", "the filter is on when the program is executed"}};
  return call;
}

}  // namespace chestnut::policy
