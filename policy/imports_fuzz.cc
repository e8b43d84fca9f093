// libFuzzer target: arbitrary bytes as somebody's profile. Whatever is accepted
// must be in normal form and compare with itself.
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "policy/diff.h"
#include "policy/imports.h"

namespace chestnut::policy {
namespace {

void Check(const absl::StatusOr<Imported>& imported) {
  if (!imported.ok()) return;
  Policy policy = imported->policy;
  Normalize(policy);
  if (!ComparePolicies(imported->policy, policy).empty()) __builtin_trap();
}

}  // namespace
}  // namespace chestnut::policy

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace p = chestnut::policy;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  p::Check(p::ImportOci(text, "fuzz"));
  // Both halves of a text: groups that may name each other, and a unit.
  const size_t half = text.find("[Service]");
  const absl::string_view groups = text.substr(0, half);
  if (half != absl::string_view::npos) {
    p::Check(p::ImportSystemd(text.substr(half), "fuzz",
                              p::ReadSystemdGroups(groups)));
  }
  return 0;
}
