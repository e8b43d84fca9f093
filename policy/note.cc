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
#include "support/compression.h"

namespace chestnut::policy {
namespace {

constexpr size_t kHeaderSize = 12;
// Of a compressed policy; the largest known is a hundredth of it.
constexpr uint64_t kMaxTextSize = uint64_t{32} << 20;

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

absl::StatusOr<std::string> TextOf(const Note& note) {
  switch (static_cast<NoteType>(note.type)) {
    case NoteType::kText:
      return std::string(note.content);
    case NoteType::kCompressed: {
      absl::StatusOr<std::string> text =
          support::Decompress(note.content, kMaxTextSize);
      if (text.ok()) return text;
      return absl::InvalidArgumentError(
          absl::StrCat("the policy note: ", text.status().message()));
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "the policy note is of type ", note.type, "; this program reads ",
      static_cast<uint32_t>(NoteType::kText), " to ",
      static_cast<uint32_t>(NoteType::kCompressed),
      ": use the Chestnut that made it"));
}

}  // namespace

std::string MakeNote(absl::string_view owner, uint32_t type,
                     absl::string_view content) {
  std::string bytes;
  AppendWord(bytes, owner.size() + 1);
  AppendWord(bytes, content.size());
  AppendWord(bytes, type);
  absl::StrAppend(&bytes, owner);
  bytes.resize(kHeaderSize + Padded(owner.size() + 1), '\0');
  absl::StrAppend(&bytes, content);
  bytes.resize(Padded(bytes.size()), '\0');
  return bytes;
}

std::string MakeNote(const Policy& policy, NoteType type) {
  std::string content = WritePolicy(policy);
  if (type == NoteType::kCompressed) content = support::Compress(content);
  return MakeNote(kNoteOwner, static_cast<uint32_t>(type), content);
}

absl::StatusOr<std::string> FindNote(absl::string_view notes) {
  std::optional<Note> found;
  while (!notes.empty()) {
    const std::optional<Note> note = TakeNote(notes);
    if (!note) {
      return absl::InvalidArgumentError("the ELF notes are cut off or broken");
    }
    if (note->owner != kNoteOwner) continue;
    if (found) {
      return absl::InvalidArgumentError("there is more than one policy note");
    }
    found = note;
  }
  if (!found) return absl::NotFoundError("there is no policy note");
  return TextOf(*found);
}

absl::StatusOr<Policy> ReadNote(absl::string_view notes,
                                absl::string_view origin) {
  absl::StatusOr<std::string> json = FindNote(notes);
  if (!json.ok()) {
    return absl::Status(json.status().code(),
                        absl::StrCat(origin, ": ", json.status().message()));
  }
  return ReadPolicy(*json, origin);
}

}  // namespace chestnut::policy
