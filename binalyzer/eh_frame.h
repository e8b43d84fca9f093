// Unwind tables: what .eh_frame says of where functions are, and what the
// unwinder calls or jumps to for their sake (personality routines, landing
// pads). Format: Linux Standard Base, "Exception Frames"; DWARF 5, 6.4; the
// Itanium C++ ABI's exception tables.
#ifndef CHESTNUT_BINALYZER_EH_FRAME_H_
#define CHESTNUT_BINALYZER_EH_FRAME_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "binalyzer/image.h"

namespace chestnut::binalyzer {

// One frame description entry (FDE).
struct FrameEntry {
  AddressRange range;   // of the code; inside of a segment
  uint64_t record = 0;  // address of the FDE itself
  // The unwinder calls it while it unwinds through `range`; address and symbol
  // both 0 and kNoSymbol if there is none. Through the indirection if there is
  // one (DW.ref.__gxx_personality_v0); at fixed addresses a PLT stub may stand
  // for it.
  Image::Pointer personality;
  // Address of the language-specific data (.gcc_except_table), 0 if none.
  uint64_t language_data = 0;
  // A signal trampoline (augmentation "S"): the range begins one byte before
  // the function, so that a return address minus one is in it.
  bool signal_frame = false;
};

// All entries that describe code of the image, sorted by range, empty ones and
// those of discarded sections left out. By the section where it has a name,
// else from where PT_GNU_EH_FRAME points. No entries if the image has neither.
// InvalidArgument: a record that is broken or of an unknown kind.
absl::StatusOr<std::vector<FrameEntry>> ReadFrames(const Image& image);

// What an entry's language-specific data refers to, in the format that C++, C
// (cleanup), Ada, D, Rust and Go of GCC and LLVM share.
struct LanguageData {
  // Where the unwinder continues in this or another part of the function.
  // Sorted, each once.
  std::vector<uint64_t> landing_pads;
  // Type descriptors (type_info) that handlers name; null ones (catch all) left
  // out. Sorted by address and symbol, each once.
  std::vector<Image::Pointer> types;
};

// InvalidArgument: broken tables. An entry without language data gives an empty
// result.
absl::StatusOr<LanguageData> ReadLanguageData(const Image& image,
                                              const FrameEntry& entry);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_EH_FRAME_H_
