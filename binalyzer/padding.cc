#include "binalyzer/padding.h"

#include <cstddef>
#include <cstdint>

namespace chestnut::binalyzer {
namespace {

uint8_t ByteAt(absl::string_view code, size_t at) {
  return at < code.size() ? static_cast<uint8_t>(code[at]) : 0;
}

bool IsNopPrefix(uint8_t byte) {
  // Operand size, and segments, which a nop does not read.
  return byte == 0x66 || byte == 0x2e || byte == 0x3e || byte == 0x26 ||
         byte == 0x36;
}

// The length of a ModRM byte with what belongs to it.
size_t OperandLength(absl::string_view code, size_t at) {
  const uint8_t modrm = ByteAt(code, at);
  const uint8_t mode = modrm >> 6;
  const uint8_t base = modrm & 7;
  if (mode == 3) return 1;
  size_t length = 1;
  uint8_t sib_base = 0;
  if (base == 4) {
    sib_base = ByteAt(code, at + 1) & 7;
    ++length;
  }
  if (mode == 1) return length + 1;
  if (mode == 2) return length + 4;
  const bool displacement = base == 5 || (base == 4 && sib_base == 5);
  return length + (displacement ? 4 : 0);
}

// The length of the nop or filler at the beginning; 0 if it is none.
size_t FillerLength(absl::string_view code) {
  size_t at = 0;
  while (at < 14 && IsNopPrefix(ByteAt(code, at))) ++at;
  switch (ByteAt(code, at)) {
    case 0x90:
      return at + 1;
    case 0xcc:
    case 0x00:
      return at == 0 ? 1 : 0;
    case 0x0f: {
      // nopw, nopl: 0f 1f /0
      if (ByteAt(code, at + 1) != 0x1f || (ByteAt(code, at + 2) & 0x38) != 0) {
        return 0;
      }
      return at + 2 + OperandLength(code, at + 2);
    }
    default:
      return 0;
  }
}

}  // namespace

bool IsPadding(absl::string_view code) {
  while (!code.empty()) {
    const size_t length = FillerLength(code);
    if (length == 0 || length > code.size()) return false;
    code.remove_prefix(length);
  }
  return true;
}

}  // namespace chestnut::binalyzer
