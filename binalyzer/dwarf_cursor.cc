#include "binalyzer/dwarf_cursor.h"

#include <algorithm>

namespace chestnut::binalyzer {

void DwarfCursor::Fail() {
  ok_ = false;
  bytes_ = {};
}

void DwarfCursor::Skip(uint64_t size) {
  if (size > bytes_.size()) return Fail();
  bytes_.remove_prefix(size);
  address_ += size;
}

DwarfCursor DwarfCursor::Sub(uint64_t size) {
  DwarfCursor sub(*image_, address_, bytes_.substr(0, size));
  if (size > bytes_.size()) sub.Fail();
  Skip(size);
  return sub;
}

uint64_t DwarfCursor::ReadUleb() {
  uint64_t value = 0;
  for (uint32_t shift = 0; ok_; shift += 7) {
    const auto byte = Read<uint8_t>();
    // More than 64 bits of value, however padded, is nonsense here.
    if (shift >= 70 || (shift == 63 && (byte & 0x7e) != 0)) Fail();
    if (shift < 64) value |= uint64_t{byte & 0x7fu} << shift;
    if ((byte & 0x80) == 0) break;
  }
  return ok_ ? value : 0;
}

int64_t DwarfCursor::ReadSleb() {
  uint64_t value = 0;
  for (uint32_t shift = 0; ok_; shift += 7) {
    const auto byte = Read<uint8_t>();
    if (shift >= 70) Fail();
    if (shift < 64) value |= uint64_t{byte & 0x7fu} << shift;
    if ((byte & 0x80) != 0) continue;
    if ((byte & 0x40) != 0 && shift + 7 < 64) {
      value |= ~uint64_t{0} << (shift + 7);
    }
    break;
  }
  return ok_ ? static_cast<int64_t>(value) : 0;
}

absl::string_view DwarfCursor::ReadString() {
  const size_t end = bytes_.find('\0');
  if (end == absl::string_view::npos) {
    Fail();
    return {};
  }
  const absl::string_view text = bytes_.substr(0, end);
  Skip(end + 1);
  return text;
}

uint64_t EncodedSize(uint8_t encoding) {
  switch (encoding & kEncodingFormat) {
    case 0x0:
    case 0x4:
    case 0xc:
      return 8;
    case 0x2:
    case 0xa:
      return 2;
    case 0x3:
    case 0xb:
      return 4;
    default:
      return 0;
  }
}

uint64_t DwarfCursor::ReadValue(uint8_t encoding) {
  switch (encoding & kEncodingFormat) {
    case 0x0:  // absptr
    case 0x4:  // udata8
    case 0xc:  // sdata8
      return Read<uint64_t>();
    case 0x1:
      return ReadUleb();
    case 0x2:
      return Read<uint16_t>();
    case 0x3:
      return Read<uint32_t>();
    case 0x9:
      return static_cast<uint64_t>(ReadSleb());
    case 0xa:
      return static_cast<uint64_t>(int64_t{Read<int16_t>()});
    case 0xb:
      return static_cast<uint64_t>(int64_t{Read<int32_t>()});
    default:
      Fail();
      return 0;
  }
}

DwarfCursor::Pointer DwarfCursor::ReadPointer(uint8_t encoding,
                                              uint64_t data_base) {
  Pointer pointer;
  if (encoding == kEncodingOmit) return pointer;
  constexpr uint8_t kAligned = 0x50;
  if ((encoding & kEncodingBase) == kAligned) {
    Skip((8 - address_ % 8) % 8);
    encoding = kEncodingAbsolute;
  }
  pointer.place = address_;
  pointer.indirect = (encoding & kEncodingIndirect) != 0;
  pointer.value = ReadValue(encoding);
  // In objects the word is null only if nothing relocates it.
  if (pointer.value == 0) return pointer;
  switch (encoding & kEncodingBase) {
    case kEncodingAbsolute:
      break;
    case kEncodingPcRelative:
      pointer.value += pointer.place;
      break;
    case kEncodingDataRelative:
      pointer.value += data_base;
      break;
    default:
      Fail();  // text- and function-relative: not of x86-64
  }
  if (!ok_) pointer.value = 0;
  return pointer;
}

Image::Pointer ResolvePointer(const Image& image, uint8_t encoding,
                              const DwarfCursor::Pointer& pointer) {
  Image::Pointer direct;
  direct.address = pointer.value;
  // Of linked files only whole words are relocated.
  const bool relocated = image.kind() == ImageKind::kRelocatable ||
                         (EncodedSize(encoding) == 8 &&
                          (encoding & kEncodingBase) == kEncodingAbsolute);
  const ImageRelocation* relocation = relocated && pointer.place != 0
                                          ? image.RelocationAt(pointer.place)
                                          : nullptr;
  if (relocation != nullptr) {
    direct.relocated = true;
    direct.symbol = relocation->symbol;
    direct.address = image.TargetOf(*relocation).value_or(0);
  }
  if (!pointer.indirect || direct.address == 0) return direct;
  return image.PointerAt(direct.address).value_or(Image::Pointer{});
}

}  // namespace chestnut::binalyzer
