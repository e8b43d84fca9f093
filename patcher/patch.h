// ChestnutPatcher: a program that puts its filter on by itself.
//
// The patched file is the original with another program header table, another
// entry point, and a new loaded segment at its end:
//
//   stub (stub/stub.S), filter    section .chestnut
//   notes                         section .note.chestnut: the policy
//                                 (policy/note.h), and one of owner
//                                 kBindingOwner that says what was patched
//   section names and headers, what undoes the patch (undo.h): not loaded
//
// Nothing of what the original loads moves, but for the program headers' next
// neighbours where there is no room for one more header (layout.h).
#ifndef CHESTNUT_PATCHER_PATCH_H_
#define CHESTNUT_PATCHER_PATCH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "patcher/layout.h"
#include "policy/model.h"

namespace chestnut::patcher {

// The note that binds a policy to the file that was patched; its content is the
// SHA-256 of the original file and its size (64 bits).
inline constexpr absl::string_view kBindingOwner = "ChestnutPatch";
inline constexpr uint32_t kBindingType = 1;

struct PatchOptions {
  // For messages.
  std::string origin;
  // Names that a policy may know the program by; empty: any policy will do.
  std::vector<std::string> names = {};
};

struct Patched {
  std::string bytes;
  Room room = Room::kThere;
};

// Whether a policy can be put into the program at all, in one line that begins
// with `origin`. InvalidArgument: not a program, or one that a stub would break
// (program.h). AlreadyExists: it is patched (Unpatch it first), or carries the
// policy that it was built with.
absl::Status CheckPatchable(absl::string_view original,
                            absl::string_view origin);

// `original` with the filter of `policy`, which is proved. Errors are those of
// CheckPatchable; InvalidArgument: a policy for another program, another build
// of it, or another install point; FailedPrecondition: an incomplete policy.
// Unimplemented: a mode that needs code in the program (trap) or a supervisor
// (notify).
absl::StatusOr<Patched> Patch(absl::string_view original,
                              const policy::Policy& policy,
                              const PatchOptions& options);

// Whether the program enters by a stub of ours, whatever else was done to it.
bool IsPatched(absl::string_view program);

// The original of a patched program. NotFound if it is not patched;
// DataLoss if it was changed since.
absl::StatusOr<std::string> Unpatch(absl::string_view patched,
                                    absl::string_view origin);

// The notes of a patched program (of section .note.chestnut), found without
// section headers. NotFound if it is not patched.
absl::StatusOr<absl::string_view> FindNotes(absl::string_view patched);

}  // namespace chestnut::patcher

#endif  // CHESTNUT_PATCHER_PATCH_H_
