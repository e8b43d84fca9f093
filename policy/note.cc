#include "policy/note.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "policy/json.h"
#include "policy/model.h"

namespace chestnut::policy {
namespace {

constexpr size_t kHeaderSize = 12;

size_t Padded(size_t size) { return (size + 3) & ~size_t{3}; }

void AppendWord(std::string& bytes, size_t word) {
  for (int shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<char>(word >> shift));
  }
}

uint32_t ReadWord(absl::string_view bytes, size_t at) {
  uint32_t word = 0;
  for (size_t i = 0; i < 4; ++i) {
    word |= uint32_t{static_cast<uint8_t>(bytes[at + i])} << (8 * i);
  }
  return word;
}

struct Note {
  uint32_t type = 0;
  absl::string_view owner;  // without the NUL
  absl::string_view content;
};

// Takes the first note off `notes`; nothing if it does not fit in.
std::optional<Note> TakeNote(absl::string_view& notes) {
  if (notes.size() < kHeaderSize) return std::nullopt;
  const size_t owner_size = ReadWord(notes, 0);
  const size_t content_size = ReadWord(notes, 4);
  Note note;
  note.type = ReadWord(notes, 8);
  notes.remove_prefix(kHeaderSize);
  if (notes.size() < Padded(owner_size)) return std::nullopt;
  note.owner = notes.substr(0, owner_size);
  while (!note.owner.empty() && note.owner.back() == '\0') {
    note.owner.remove_suffix(1);
  }
  notes.remove_prefix(Padded(owner_size));
  if (notes.size() < content_size) return std::nullopt;
  note.content = notes.substr(0, content_size);
  // The last note's padding may be left out.
  notes.remove_prefix(std::min(notes.size(), Padded(content_size)));
  return note;
}

}  // namespace

std::string MakeNote(const Policy& policy) {
  const std::string content = WritePolicy(policy);
  std::string bytes;
  AppendWord(bytes, kNoteOwner.size() + 1);
  AppendWord(bytes, content.size());
  AppendWord(bytes, kNoteType);
  absl::StrAppend(&bytes, kNoteOwner);
  bytes.resize(kHeaderSize + Padded(kNoteOwner.size() + 1), '\0');
  absl::StrAppend(&bytes, content);
  bytes.resize(Padded(bytes.size()), '\0');
  return bytes;
}

absl::StatusOr<absl::string_view> FindNote(absl::string_view notes) {
  std::optional<absl::string_view> found;
  while (!notes.empty()) {
    const std::optional<Note> note = TakeNote(notes);
    if (!note) {
      return absl::InvalidArgumentError("the ELF notes are cut off or broken");
    }
    if (note->owner != kNoteOwner) continue;
    if (note->type != kNoteType) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the policy note is of type ", note->type, "; this program reads ",
          kNoteType, ": use the Chestnut that made it"));
    }
    if (found) {
      return absl::InvalidArgumentError("there is more than one policy note");
    }
    found = note->content;
  }
  if (!found) return absl::NotFoundError("there is no policy note");
  return *found;
}

absl::StatusOr<Policy> ReadNote(absl::string_view notes,
                                absl::string_view origin) {
  absl::StatusOr<absl::string_view> json = FindNote(notes);
  if (!json.ok()) {
    return absl::Status(json.status().code(),
                        absl::StrCat(origin, ": ", json.status().message()));
  }
  return ReadPolicy(*json, origin);
}

}  // namespace chestnut::policy
