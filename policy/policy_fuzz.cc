// Whatever the bytes: the reader refuses them with one line, or gives a policy
// that writes and reads back as itself, and whose filter, if it has one, is
// proved. The second input format is an ELF note.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/compile.h"
#include "policy/json.h"
#include "policy/model.h"
#include "policy/note.h"

namespace chestnut::policy {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void TryPolicy(absl::StatusOr<Policy> policy) {
  if (!policy.ok()) {
    Require(!policy.status().message().empty());
    return;
  }
  const std::string text = WritePolicy(*policy);
  absl::StatusOr<Policy> again = ReadPolicy(text, "again");
  Require(again.ok());
  Require(WritePolicy(*again) == text);
  Require(!absl::IsInternal(CompileFilter(*policy).status()));
}

}  // namespace
}  // namespace chestnut::policy

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  chestnut::policy::TryPolicy(chestnut::policy::ReadPolicy(bytes, "input"));
  chestnut::policy::TryPolicy(chestnut::policy::ReadNote(bytes, "input"));
  return 0;
}
