#include "policy/verdict.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "policy/bpf.h"
#include "policy/json.h"
#include "policy/model.h"
#include "runtime/canary.h"
#include "support/digest.h"
#include "syscalls/table.h"

namespace chestnut::policy {
namespace {

constexpr uint32_t kEnosys = 38;
constexpr uint32_t kSkippedByTracer = 0xffffffff;  // -1
constexpr uint32_t kUretprobe = 335;
constexpr uint32_t kUprobe = 336;

bool IsProbed(uint32_t number) {
  const std::vector<ProbedCall>& probed = ProbedCalls();
  return std::any_of(probed.begin(), probed.end(), [=](const ProbedCall& call) {
    return static_cast<uint32_t>(call.number) == number;
  });
}

bool Satisfies(const ArgumentRule& rule, const SeccompData& data) {
  uint64_t value = data.arguments[static_cast<size_t>(rule.index)];
  if (rule.width == 32) value &= 0xffffffff;
  return std::binary_search(rule.values.begin(), rule.values.end(), value);
}

}  // namespace

std::vector<Call> EnforcedCalls(const Policy& policy) {
  if (policy.install_point != InstallPoint::kExec) return policy.calls;
  Policy both = policy;
  both.calls.insert(both.calls.end(), policy.startup_calls.begin(),
                    policy.startup_calls.end());
  Normalize(both);
  return both.calls;
}

uint32_t DeniedVerdict(const Policy& policy) {
  switch (policy.mode) {
    case Mode::kErrno:
      return kReturnErrno | static_cast<uint32_t>(policy.errno_value);
    case Mode::kTrap:
      return kReturnTrap;
    case Mode::kLog:
      return kReturnLog;
    case Mode::kNotify:
      return kReturnUserNotification;
    case Mode::kKill:
      break;
  }
  return kReturnKillProcess;
}

uint32_t UnknownVerdict(const Policy& policy) {
  return policy.mode == Mode::kLog ? kReturnLog : kReturnErrno | kEnosys;
}

uint32_t ForeignVerdict(const Policy& policy) {
  switch (policy.mode) {
    case Mode::kLog:
      return kReturnLog;
    case Mode::kNotify:
      return kReturnUserNotification;
    default:
      return kReturnKillProcess;
  }
}

uint32_t CanaryVerdict(const Policy& policy) {
  return kReturnErrno | static_cast<uint32_t>(CanaryErrno(policy));
}

uint32_t VerdictOfMissing(const Policy& policy, uint32_t number) {
  if (number == kSkippedByTracer) return UnknownVerdict(policy);
  if (number >= syscalls::kX32Bit) return ForeignVerdict(policy);
  if (number == CHESTNUT_CANARY_NUMBER) return CanaryVerdict(policy);
  if (number == kUretprobe || number == kUprobe) return kReturnAllow;
  if (number > static_cast<uint32_t>(policy.max_known) ||
      syscalls::FindByNumber(number) == nullptr || IsProbed(number)) {
    return UnknownVerdict(policy);
  }
  return DeniedVerdict(policy);
}

uint32_t Verdict(const Policy& policy, const std::vector<Call>& enforced,
                 const SeccompData& data) {
  if (data.architecture != kArchitectureX86_64) return ForeignVerdict(policy);
  const Call* call = data.number < syscalls::kX32Bit
                         ? FindCall(enforced, static_cast<int>(data.number))
                         : nullptr;
  if (call == nullptr) return VerdictOfMissing(policy, data.number);
  for (const ArgumentRule& rule : call->arguments) {
    if (!Satisfies(rule, data)) return DeniedVerdict(policy);
  }
  return kReturnAllow;
}

int CanaryErrno(const Policy& policy) {
  support::Sha256 hash;
  hash.Update(WritePolicy(policy));
  const support::Sha256::Digest digest = hash.Finish();
  const int value = digest[0] << 8 | digest[1];
  return CHESTNUT_CANARY_ERRNO_BASE + value % CHESTNUT_CANARY_ERRNO_COUNT;
}

}  // namespace chestnut::policy
