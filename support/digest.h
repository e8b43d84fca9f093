#ifndef CHESTNUT_SUPPORT_DIGEST_H_
#define CHESTNUT_SUPPORT_DIGEST_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace chestnut::support {

// SHA-256 (FIPS 180-4). An own implementation because this is the only thing we
// need of a cryptography library, and every program here would have to load it.
class Sha256 {
 public:
  using Digest = std::array<uint8_t, 32>;

  Sha256();
  void Update(absl::string_view bytes);
  // May be called once.
  Digest Finish();

 private:
  void Block(const uint8_t* block);

  std::array<uint32_t, 8> state_;
  std::array<uint8_t, 64> buffer_;
  size_t buffered_ = 0;
  uint64_t length_ = 0;
};

// The digest as 64 lower-case hexadecimal digits.
std::string Sha256Hex(absl::string_view bytes);

}  // namespace chestnut::support

#endif  // CHESTNUT_SUPPORT_DIGEST_H_
