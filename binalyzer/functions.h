// Which parts of an image's code are functions.
#ifndef CHESTNUT_BINALYZER_FUNCTIONS_H_
#define CHESTNUT_BINALYZER_FUNCTIONS_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "binalyzer/eh_frame.h"
#include "binalyzer/image.h"

namespace chestnut::binalyzer {

// Why a range counts as a function; the first of these that applies.
enum class FunctionSource {
  kPlt,         // a PLT stub: Image::PltStubAt tells where it goes
  kFrame,       // an entry of .eh_frame
  kSymbol,      // a symbol, with its size or up to the next function
  kStartup,     // the entry point, or in an init or fini array
  kRelocation,  // a relocated word points there
  kGap,         // code that nothing else describes; see Find
};

inline constexpr uint32_t kNoFrame = std::numeric_limits<uint32_t>::max();

struct FunctionRange {
  AddressRange range;
  // Of the symbols at its begin the one to show: exported before global before
  // local. Empty and kNoSymbol if there is none.
  absl::string_view name;
  uint32_t symbol = kNoSymbol;
  FunctionSource source = FunctionSource::kGap;
  uint32_t frame = kNoFrame;  // index into frames() of the entry it lies in
};

class FunctionTable {
 public:
  // `image` must outlive the table.
  //
  // The ranges do not overlap and together hold all code of the image but
  // padding (nops, int3 and zeros between functions). What begins where a range
  // ends may be its continuation: where the last instruction of a range can
  // fall through, control goes to the next range (in glibc the .eh_frame entry
  // of clone ends before its `syscall`, which so is in a kGap; symbols inside
  // of a function split it). A reference may lead into the middle of a range
  // (jump tables, labels as values): FunctionAt finds it.
  //
  // InvalidArgument: broken unwind tables.
  static absl::StatusOr<FunctionTable> Find(const Image& image);

  // Whether nothing says where the function ends but where the next begins.
  static bool HasGuessedEnd(const FunctionRange& function);
  // Cuts such ranges at these addresses, ascending: where code is called. True
  // if there was anything to cut.
  bool SplitGaps(absl::Span<const uint64_t> addresses);

  // Sorted by address.
  absl::Span<const FunctionRange> functions() const { return functions_; }
  // The index of the function that holds the address, or -1.
  int64_t IndexAt(uint64_t address) const;
  // The function that holds the address, or null.
  const FunctionRange* FunctionAt(uint64_t address) const;
  // Whether a function begins exactly there.
  bool StartsAt(uint64_t address) const;

  // Sorted, as ReadFrames gives them.
  absl::Span<const FrameEntry> frames() const { return frames_; }
  // Where the image has code, sorted, disjoint: executable sections, where the
  // file names them; else executable segments without the tables in them.
  absl::Span<const AddressRange> code() const { return code_; }
  bool IsCode(uint64_t address) const;

  // Symbols that are defined at exactly that address (no section, file or
  // thread-local ones): indices into Image::symbols(), the one to show first.
  absl::Span<const uint32_t> SymbolsAt(uint64_t address) const;

 private:
  friend class FunctionFinder;

  explicit FunctionTable(const Image& image) : image_(&image) {}

  const Image* image_;
  std::vector<FrameEntry> frames_;
  std::vector<AddressRange> code_;
  std::vector<uint32_t> symbols_;  // defined ones, by address
  std::vector<FunctionRange> functions_;
};

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_FUNCTIONS_H_
