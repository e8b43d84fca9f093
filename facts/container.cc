#include "facts/container.h"

#include <cstring>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace chestnut::facts {
namespace {

constexpr absl::string_view kMagic = "CHSTNFCT";
constexpr size_t kHeaderSize = 16;

void AppendU32(std::string& out, uint32_t value) {
  for (int i = 0; i < 4; ++i) {
    out.push_back(static_cast<char>(value >> (8 * i)));
  }
}

uint32_t ReadU32(absl::string_view bytes) {
  uint32_t value = 0;
  for (int i = 3; i >= 0; --i) {
    value = (value << 8) | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

size_t SkipPadding(absl::string_view bytes, size_t offset) {
  while (offset < bytes.size() && bytes[offset] == '\0') ++offset;
  return offset;
}

}  // namespace

std::string Frame(absl::string_view flatbuffer) {
  std::string out(kMagic);
  AppendU32(out, kSchemaMajor);
  AppendU32(out, static_cast<uint32_t>(flatbuffer.size()));
  out.append(flatbuffer.data(), flatbuffer.size());
  out.resize((out.size() + 7) / 8 * 8, '\0');
  return out;
}

absl::StatusOr<std::vector<UnitView>> ParseUnits(absl::string_view bytes,
                                                 absl::string_view origin) {
  std::vector<UnitView> units;
  for (size_t offset = SkipPadding(bytes, 0); offset < bytes.size();
       offset = SkipPadding(bytes, offset)) {
    absl::string_view rest = bytes.substr(offset);
    if (rest.size() < kHeaderSize || rest.substr(0, kMagic.size()) != kMagic) {
      return absl::InvalidArgumentError(
          absl::StrCat(origin, ": not Chestnut facts at byte ", offset,
                       "; rebuild the objects with chestnut cc"));
    }
    uint32_t version = ReadU32(rest.substr(8));
    if (version != kSchemaMajor) {
      return absl::InvalidArgumentError(
          absl::StrCat(origin, ": facts of schema version ", version,
                       ", this Chestnut reads ", kSchemaMajor,
                       "; rebuild the objects with one version"));
    }
    uint32_t length = ReadU32(rest.substr(12));
    if (length > rest.size() - kHeaderSize) {
      return absl::InvalidArgumentError(
          absl::StrCat(origin, ": facts truncated: ", length, " bytes at byte ",
                       offset, ", ", rest.size() - kHeaderSize, " left"));
    }
    auto unit_bytes =
        std::make_shared<const std::string>(rest.data() + kHeaderSize, length);
    absl::StatusOr<UnitView> unit = UnitView::Create(unit_bytes, origin);
    if (!unit.ok()) return unit.status();
    units.push_back(*std::move(unit));
    offset += kHeaderSize + length;
  }
  return units;
}

}  // namespace chestnut::facts
