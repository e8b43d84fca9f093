#include "driver/policy_source.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "binalyzer/elf.h"
#include "patcher/patch.h"
#include "policy/json.h"
#include "policy/note.h"
#include "support/file.h"

namespace chestnut::driver {

absl::StatusOr<policy::Policy> LoadPolicy(const std::string& path) {
  absl::StatusOr<std::string> bytes = support::ReadFile(path);
  if (!bytes.ok()) return bytes.status();
  if (!binalyzer::ElfFile::IsElf(*bytes)) {
    return policy::ReadPolicy(*bytes, path);
  }
  absl::StatusOr<binalyzer::ElfFile> elf =
      binalyzer::ElfFile::Parse(*bytes, path);
  if (!elf.ok()) return elf.status();
  const binalyzer::ElfSection* note = elf->FindSection(policy::kNoteSection);
  if (note == nullptr) {
    // A program that was patched without section headers.
    absl::StatusOr<absl::string_view> notes = patcher::FindNotes(*bytes);
    if (notes.ok()) return policy::ReadNote(*notes, path);
    return absl::NotFoundError(absl::StrCat(
        path,
        ": the program carries no policy; link it with chestnut cc, or "
        "chestnut patch it"));
  }
  return policy::ReadNote(note->bytes, path);
}

}  // namespace chestnut::driver
