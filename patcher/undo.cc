#include "patcher/undo.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "support/compression.h"
#include "support/digest.h"

namespace chestnut::patcher {
namespace {

constexpr char kMagic[16] = {'C', 'h', 'e', 's', 't', 'n', 'u', 't',
                             'U', 'n', 'd', 'o', 0,   0,   0,   1};
// Of what was replaced in an original of so many bytes: no byte more than once,
// in records that have at least as many bytes as their heads.
uint64_t MostReplaced(uint64_t size) { return 2 * size; }

// The last bytes of the file; before it, from `offset` on, the records
// (compressed): each a RecordHead and its bytes.
struct Footer {
  support::Sha256::Digest digest;  // of the original
  uint64_t size;                   // of the original
  uint64_t offset;
  char magic[16];
};
static_assert(sizeof(Footer) == 64);

struct RecordHead {
  uint64_t offset;
  uint64_t size;
};

template <typename T>
void Append(const T& value, std::string& bytes) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

bool Restore(absl::string_view records, std::string& bytes) {
  while (!records.empty()) {
    RecordHead head;
    if (records.size() < sizeof(head)) return false;
    std::memcpy(&head, records.data(), sizeof(head));
    records.remove_prefix(sizeof(head));
    if (head.size > records.size() || head.offset > bytes.size() ||
        head.size > bytes.size() - head.offset) {
      return false;
    }
    bytes.replace(head.offset, head.size, records.data(), head.size);
    records.remove_prefix(head.size);
  }
  return true;
}

absl::Status Damaged() {
  return absl::DataLossError(
      "it was changed after it was patched, so the original cannot be made of "
      "it again");
}

}  // namespace

support::Sha256::Digest DigestOf(absl::string_view bytes) {
  support::Sha256 digest;
  digest.Update(bytes);
  return digest.Finish();
}

std::string MakeUndo(absl::string_view original,
                     const support::Sha256::Digest& digest,
                     const std::vector<Replaced>& replaced, uint64_t offset) {
  std::string records;
  for (const auto& [at, bytes] : replaced) {
    Append(RecordHead{at, bytes.size()}, records);
    absl::StrAppend(&records, bytes);
  }
  std::string undo = support::Compress(records);
  Footer footer = {digest, original.size(), offset, {}};
  std::memcpy(footer.magic, kMagic, sizeof(kMagic));
  Append(footer, undo);
  return undo;
}

absl::StatusOr<std::string> Undo(absl::string_view patched) {
  Footer footer;
  if (patched.size() < sizeof(footer)) return absl::NotFoundError("no patch");
  const uint64_t end = patched.size() - sizeof(footer);
  std::memcpy(&footer, patched.data() + end, sizeof(footer));
  if (std::memcmp(footer.magic, kMagic, sizeof(kMagic)) != 0) {
    return absl::NotFoundError("no patch");
  }
  if (footer.offset > end || footer.size > footer.offset) return Damaged();
  absl::StatusOr<std::string> records =
      support::Decompress(patched.substr(footer.offset, end - footer.offset),
                          MostReplaced(footer.size));
  if (!records.ok()) return Damaged();
  std::string original(patched.substr(0, footer.size));
  if (!Restore(*records, original) || DigestOf(original) != footer.digest) {
    return Damaged();
  }
  return original;
}

}  // namespace chestnut::patcher
