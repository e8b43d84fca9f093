#ifndef CHESTNUT_SUPPORT_FILE_H_
#define CHESTNUT_SUPPORT_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace chestnut::support {

// The largest file that ReadFile reads unless told otherwise: 1 GiB.
inline constexpr uint64_t kDefaultReadLimit = uint64_t{1} << 30;

// Reads the whole file (or, for a pipe, everything until its end). Errors name
// the path and what the system said; a file larger than `limit` bytes is
// kOutOfRange.
absl::StatusOr<std::string> ReadFile(absl::string_view path,
                                     uint64_t limit = kDefaultReadLimit);

// Writes `content` so that `path` holds either what it held before or all of
// `content`: a temporary file in the same folder, then a rename. Nothing is
// left behind on failure (a full disk included). `mode` are the permission bits
// of a new file, before the umask. A path that is not a regular file
// (/dev/stdout, a pipe) is written directly, as nothing could be renamed over
// it.
absl::Status WriteFileAtomically(absl::string_view path,
                                 absl::string_view content, int mode = 0644);

// What stands behind the last slash; the whole path if it has none.
absl::string_view BaseName(absl::string_view path);

}  // namespace chestnut::support

#endif  // CHESTNUT_SUPPORT_FILE_H_
