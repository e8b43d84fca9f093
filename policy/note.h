#ifndef CHESTNUT_POLICY_NOTE_H_
#define CHESTNUT_POLICY_NOTE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/model.h"

// The note that a confined program carries: its policy with all witnesses, in
// the allocated section `.note.chestnut`, which strip leaves alone. Nothing in
// the program reads it. As every ELF note: three words (size of the owner's
// name with its NUL, size of the content, type), the name and the content, each
// padded to four bytes. The content is the policy's JSON, plain or compressed.
namespace chestnut::policy {

inline constexpr absl::string_view kNoteSection = ".note.chestnut";
inline constexpr absl::string_view kNoteOwner = "Chestnut";
// The form of the content.
enum class NoteType : uint32_t {
  kText = 1,        // the JSON text
  kCompressed = 2,  // the same as a zlib stream (support/compression.h)
};

// The section's bytes.
std::string MakeNote(const Policy& policy, NoteType type = NoteType::kText);

// One note of another owner, to stand beside it.
std::string MakeNote(absl::string_view owner, uint32_t type,
                     absl::string_view content);

// The JSON text in a section (or segment) of notes; notes of other owners are
// passed over. kNotFound if none is ours, kInvalidArgument if the notes are
// broken, several are ours, or ours is of a newer type.
absl::StatusOr<std::string> FindNote(absl::string_view notes);

// The policy in a section of notes; `origin` is for messages (ReadPolicy).
absl::StatusOr<Policy> ReadNote(absl::string_view notes,
                                absl::string_view origin);

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_NOTE_H_
