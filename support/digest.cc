#include "support/digest.h"

#include <nettle/sha2.h>

#include <cstdint>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace chestnut::support {

Sha256::Sha256() { sha256_init(&context_); }

void Sha256::Update(absl::string_view bytes) {
  sha256_update(&context_, bytes.size(),
                reinterpret_cast<const uint8_t*>(bytes.data()));
}

Sha256::Digest Sha256::Finish() {
  Digest digest;
  sha256_digest(&context_, digest.size(), digest.data());
  return digest;
}

std::string Sha256Hex(absl::string_view bytes) {
  Sha256 hash;
  hash.Update(bytes);
  Sha256::Digest digest = hash.Finish();
  return absl::BytesToHexString(absl::string_view(
      reinterpret_cast<const char*>(digest.data()), digest.size()));
}

}  // namespace chestnut::support
