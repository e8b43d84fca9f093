// Whatever the bytes: they are refused with one line, or become a program from
// which the original comes back.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "patcher/patch.h"
#include "patcher/wrap.h"
#include "policy/model.h"

namespace chestnut::patcher {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void TryPatch(absl::string_view bytes) {
  static const auto* policy = new policy::Policy(policy::EmptyPolicy(
      "input", policy::InstallPoint::kEntry, policy::Mode::kKill));
  absl::StatusOr<Patched> patched = Patch(bytes, *policy, {.origin = "input"});
  if (!patched.ok()) {
    const absl::string_view message = patched.status().message();
    Require(!message.empty() && message.find('\n') == message.npos);
    return;
  }
  Require(IsPatched(patched->bytes));
  absl::StatusOr<std::string> original = Unpatch(patched->bytes, "output");
  Require(original.ok() && *original == bytes);
  Require(FindNotes(patched->bytes).ok());
}

}  // namespace
}  // namespace chestnut::patcher

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  chestnut::patcher::TryPatch(bytes);
  chestnut::patcher::Unpatch(bytes, "input").IgnoreError();
  chestnut::patcher::FindNotes(bytes).IgnoreError();
  chestnut::patcher::WrappedProgram(bytes).IgnoreError();
  return 0;
}
