#include "patcher/fit.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "patcher/patch.h"
#include "patcher/program.h"
#include "policy/bpf.h"
#include "policy/compile.h"
#include "policy/model.h"
#include "policy/note.h"
#include "support/digest.h"

namespace chestnut::patcher {
namespace {

using policy::InstallPoint;
using policy::Mode;
using policy::Policy;

template <typename T>
absl::string_view BytesOf(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

absl::Status CheckNames(const Policy& policy, const Program& program,
                        const std::vector<std::string>& names,
                        absl::string_view origin) {
  if (names.empty()) return absl::OkStatus();
  constexpr absl::string_view kAdvice = " (--force: use it all the same)";
  if (std::find(names.begin(), names.end(), policy.program) == names.end()) {
    return absl::InvalidArgumentError(absl::StrCat(
        origin, ": the policy is for '", policy.program, "', not for '",
        absl::StrJoin(names, "' or '"), "'", kAdvice));
  }
  const std::string build_id = program.BuildId();
  for (const policy::Module& module : policy.modules) {
    if (module.name == policy.program && !module.build_id.empty() &&
        module.build_id != build_id) {
      return absl::InvalidArgumentError(absl::StrCat(
          origin, ": the policy is for another build of it, ", module.build_id,
          "; this one is ", build_id.empty() ? "without a build id" : build_id,
          kAdvice));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckFits(const Policy& policy, const Program& program,
                       const std::vector<std::string>& names,
                       absl::string_view origin) {
  if (policy.install_point != InstallPoint::kEntry) {
    return absl::InvalidArgumentError(absl::StrCat(
        origin, ": the policy's install point is '",
        ToString(policy.install_point), "', the stub's is the entry point; ",
        "make one with chestnut analyze --at entry"));
  }
  if (policy.mode == Mode::kTrap) {
    return absl::UnimplementedError(
        absl::StrCat(origin,
                     ": mode 'trap' needs a handler inside the program; use "
                     "a policy of mode kill, errno or log"));
  }
  return CheckNames(policy, program, names, origin);
}

absl::StatusOr<policy::Filter> CompileFor(const Policy& policy,
                                          absl::string_view origin) {
  absl::StatusOr<policy::Filter> filter = CompileFilter(policy);
  if (filter.ok()) return filter;
  absl::string_view advice =
      absl::IsFailedPrecondition(filter.status())
          ? "; chestnut analyze names all, --module and --overlay decide them"
          : "";
  return absl::Status(
      filter.status().code(),
      absl::StrCat(origin, ": ", filter.status().message(), advice));
}

std::string Notes(const Policy& policy, absl::string_view program,
                  const support::Sha256::Digest& digest) {
  std::string binding(BytesOf(digest));
  absl::StrAppend(&binding, BytesOf(uint64_t{program.size()}));
  return absl::StrCat(MakeNote(policy, policy::NoteType::kCompressed),
                      policy::MakeNote(kBindingOwner, kBindingType, binding));
}

}  // namespace chestnut::patcher
