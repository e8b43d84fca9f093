#include "support/compression.h"

#include <zlib.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace chestnut::support {
namespace {

// Small against what is decompressed, large against what a call costs.
constexpr size_t kStep = size_t{64} << 10;

Bytef* Input(absl::string_view bytes) {
  // zlib reads it and has no const.
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

}  // namespace

std::string Compress(absl::string_view bytes) {
  uLongf size = compressBound(bytes.size());
  std::string stream(size, '\0');
  // Fails only for want of memory or room, of which there is enough.
  compress2(reinterpret_cast<Bytef*>(stream.data()), &size, Input(bytes),
            bytes.size(), Z_BEST_COMPRESSION);
  stream.resize(size);
  return stream;
}

absl::StatusOr<std::string> Decompress(absl::string_view stream,
                                       uint64_t limit) {
  z_stream state = {};
  if (inflateInit(&state) != Z_OK) {
    return absl::ResourceExhaustedError("no memory for decompression");
  }
  state.next_in = Input(stream);
  state.avail_in = static_cast<uInt>(stream.size());
  std::string bytes;
  int result = Z_OK;
  while (result == Z_OK && bytes.size() <= limit) {
    const size_t used = bytes.size();
    bytes.resize(used + kStep);
    state.next_out = reinterpret_cast<Bytef*>(bytes.data() + used);
    state.avail_out = kStep;
    result = inflate(&state, Z_NO_FLUSH);
    bytes.resize(used + kStep - state.avail_out);
  }
  const bool all_read = state.avail_in == 0;
  inflateEnd(&state);
  if (bytes.size() > limit) {
    return absl::InvalidArgumentError(
        absl::StrCat("it holds more than ", limit, " bytes"));
  }
  if (result != Z_STREAM_END || !all_read) {
    return absl::InvalidArgumentError("it is cut off or damaged");
  }
  return bytes;
}

}  // namespace chestnut::support
