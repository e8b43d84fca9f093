#ifndef CHESTNUT_SUPPORT_COMPRESSION_H_
#define CHESTNUT_SUPPORT_COMPRESSION_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace chestnut::support {

// The bytes as a zlib stream (RFC 1950), as small as zlib makes it.
std::string Compress(absl::string_view bytes);

// What Compress was given. InvalidArgument if `stream` is no whole zlib stream,
// something follows it, or it holds more than `limit` bytes.
absl::StatusOr<std::string> Decompress(absl::string_view stream,
                                       uint64_t limit);

}  // namespace chestnut::support

#endif  // CHESTNUT_SUPPORT_COMPRESSION_H_
