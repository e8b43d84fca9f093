#include "finalyzer/observation.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "policy/bpf.h"
#include "policy/header.h"
#include "policy/model.h"
#include "syscalls/arguments.h"
#include "syscalls/table.h"

namespace chestnut::finalyzer {
namespace {

void MergeArguments(const Seen& more, Seen& all) {
  for (const auto& [index, from] : more.arguments) {
    ArgumentSeen& to = all.arguments[index];
    to.kinds.insert(from.kinds.begin(), from.kinds.end());
    to.values.insert(from.values.begin(), from.values.end());
    to.any |= from.any || to.values.size() > kMostValues;
    if (to.any) to.values.clear();
  }
}

std::string KindOf(const syscalls::Argument& argument, uint64_t value) {
  if (argument.width == 32) value &= 0xffffffff;
  if (value == 0) return "zero";
  if (argument.pointer) return "address";
  const int sign = argument.width == 32 ? 31 : 63;
  return (value >> sign & 1) != 0 ? "negative" : "positive";
}

}  // namespace

std::string ToString(const Place& place) {
  if (place.module.empty()) return "unknown code";
  return absl::StrCat(place.module, "+0x", absl::Hex(place.offset));
}

Abi AbiOf(const policy::SeccompData& data) {
  if (data.architecture == policy::kArchitectureI386) return Abi::kI386;
  if (data.architecture != policy::kArchitectureX86_64) return Abi::kOther;
  return (data.number & syscalls::kX32Bit) != 0 ? Abi::kX32 : Abi::kX86_64;
}

absl::string_view ToString(Abi abi) {
  switch (abi) {
    case Abi::kX86_64:
      return "x86_64";
    case Abi::kX32:
      return "x32";
    case Abi::kI386:
      return "i386";
    case Abi::kOther:
      break;
  }
  return "other";
}

absl::string_view ToString(Answer answer) {
  switch (answer) {
    case Answer::kAllowed:
      return "allowed";
    case Answer::kContinued:
      return "continued";
    case Answer::kDenied:
      break;
  }
  return "denied";
}

std::string ObservedDigest(const policy::Policy& policy) {
  policy::Policy plain = policy;
  plain.mode = policy::Mode::kKill;
  plain.errno_value = 1;
  return policy::PolicyDigest(plain);
}

Observations ObservationsOf(const policy::Policy& policy, Recorded recorded) {
  Observations observations;
  observations.program = policy.program;
  observations.policy_digest = ObservedDigest(policy);
  observations.recorded = recorded;
  return observations;
}

void NoteArguments(const policy::SeccompData& data, Seen& seen) {
  if (AbiOf(data) != Abi::kX86_64) return;
  const syscalls::Syscall* call = syscalls::FindByNumber(data.number);
  if (call == nullptr) return;
  for (int i = 0; i < call->argument_count; ++i) {
    const auto index = static_cast<size_t>(i);
    const syscalls::Argument& argument = call->arguments[index];
    const uint64_t value = data.arguments[index];
    ArgumentSeen& noted = seen.arguments[i];
    noted.kinds.insert(KindOf(argument, value));
    if (noted.any || !syscalls::IsRuled(call->number, i)) continue;
    noted.values.insert(argument.width == 32 ? value & 0xffffffff : value);
    noted.any = noted.values.size() > kMostValues;
    if (noted.any) noted.values.clear();
  }
}

absl::Status Merge(const Observations& more, absl::string_view origin,
                   Observations& all) {
  if (more.program != all.program || more.policy_digest != all.policy_digest) {
    return absl::InvalidArgumentError(absl::StrCat(
        origin, ": holds observations of '", more.program, "' under policy ",
        more.policy_digest.substr(0, 12), ", not of '", all.program,
        "' under policy ", all.policy_digest.substr(0, 12),
        "; give another file, or run it again under this policy"));
  }
  // Where one looked at fewer calls, nothing can be said of the others.
  if (more.recorded == Recorded::kMissing) all.recorded = Recorded::kMissing;
  all.complete &= more.complete;
  all.runs += more.runs;
  for (const auto& [site, from] : more.calls) {
    Seen& to = all.calls[site];
    MergeArguments(from, to);
    if (to.stack.empty()) to.stack = from.stack;
    to.count += from.count;
  }
  return absl::OkStatus();
}

absl::Status CheckBelongs(const Observations& observations,
                          const policy::Policy& policy,
                          absl::string_view origin) {
  Observations none = ObservationsOf(policy, observations.recorded);
  return Merge(observations, origin, none);
}

}  // namespace chestnut::finalyzer
