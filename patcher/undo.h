// What a patched program keeps to become the original again.
#ifndef CHESTNUT_PATCHER_UNDO_H_
#define CHESTNUT_PATCHER_UNDO_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "support/digest.h"

namespace chestnut::patcher {

support::Sha256::Digest DigestOf(absl::string_view bytes);

// Bytes of the original, from an offset on.
using Replaced = std::pair<uint64_t, absl::string_view>;

// The end of a patched program: what was replaced of `original`, its size and
// `digest`, which takes longer than all else. Everything else of the original
// must still stand at the beginning of the patched file; `offset` is where
// these bytes will stand.
std::string MakeUndo(absl::string_view original,
                     const support::Sha256::Digest& digest,
                     const std::vector<Replaced>& replaced, uint64_t offset);

// The original. NotFound if `patched` does not end with what MakeUndo made;
// DataLoss if what comes out is not the original, byte for byte.
absl::StatusOr<std::string> Undo(absl::string_view patched);

}  // namespace chestnut::patcher

#endif  // CHESTNUT_PATCHER_UNDO_H_
