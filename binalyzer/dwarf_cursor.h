// A checked reader of the encodings that .eh_frame, .eh_frame_hdr and
// .gcc_except_table use (LSB, "DWARF Extensions").
#ifndef CHESTNUT_BINALYZER_DWARF_CURSOR_H_
#define CHESTNUT_BINALYZER_DWARF_CURSOR_H_

#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"
#include "binalyzer/image.h"

namespace chestnut::binalyzer {

// DW_EH_PE_*
inline constexpr uint8_t kEncodingOmit = 0xff;
inline constexpr uint8_t kEncodingIndirect = 0x80;
inline constexpr uint8_t kEncodingFormat = 0x0f;
inline constexpr uint8_t kEncodingBase = 0x70;
inline constexpr uint8_t kEncodingAbsolute = 0x00;
inline constexpr uint8_t kEncodingPcRelative = 0x10;
inline constexpr uint8_t kEncodingDataRelative = 0x30;

// Once something was beyond the end or unknown, ok() is false and everything
// reads as 0.
class DwarfCursor {
 public:
  // `bytes` is what the image has at `address`. An address of 0 makes a cursor
  // that is not ok.
  DwarfCursor(const Image& image, uint64_t address, absl::string_view bytes)
      : image_(&image), bytes_(bytes), address_(address) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return bytes_.empty(); }
  uint64_t address() const { return address_; }
  uint64_t remaining() const { return bytes_.size(); }

  template <typename T>
  T Read() {
    T value = 0;
    if (bytes_.size() < sizeof(T)) {
      Fail();
      return value;
    }
    std::memcpy(&value, bytes_.data(), sizeof(T));
    Skip(sizeof(T));
    return value;
  }
  uint64_t ReadUleb();
  int64_t ReadSleb();
  // Up to the zero byte.
  absl::string_view ReadString();
  void Skip(uint64_t size);
  // A cursor over the next `size` bytes, which are skipped here.
  DwarfCursor Sub(uint64_t size);

  // What an encoded pointer means. `value` 0 is null, whatever the base.
  struct Pointer {
    uint64_t value = 0;
    uint64_t place = 0;  // where it stood
    bool indirect = false;
  };
  // `data_base`: of data-relative ones. kEncodingOmit reads nothing.
  Pointer ReadPointer(uint8_t encoding, uint64_t data_base);
  // The same without base and indirection: sizes and offsets.
  uint64_t ReadValue(uint8_t encoding);
  void Fail();

 private:
  const Image* image_;
  absl::string_view bytes_;
  uint64_t address_;
  bool ok_ = true;
};

// Follows the indirection, and asks relocations of absolute words.
Image::Pointer ResolvePointer(const Image& image, uint8_t encoding,
                              const DwarfCursor::Pointer& pointer);
// The size of a fixed-size encoding; 0 if it has none.
uint64_t EncodedSize(uint8_t encoding);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_DWARF_CURSOR_H_
