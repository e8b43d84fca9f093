#ifndef CHESTNUT_SUPPORT_DIGEST_H_
#define CHESTNUT_SUPPORT_DIGEST_H_

#include <nettle/sha2.h>

#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace chestnut::support {

// SHA-256 (FIPS 180-4). Nettle's, because it is small to load and uses the
// processor's instructions for it.
class Sha256 {
 public:
  using Digest = std::array<uint8_t, SHA256_DIGEST_SIZE>;

  Sha256();
  void Update(absl::string_view bytes);
  // May be called once.
  Digest Finish();

 private:
  sha256_ctx context_;
};

// The digest as 64 lower-case hexadecimal digits.
std::string Sha256Hex(absl::string_view bytes);

}  // namespace chestnut::support

#endif  // CHESTNUT_SUPPORT_DIGEST_H_
