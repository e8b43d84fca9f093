// PLT stubs, found by what they do: jump through a GOT slot that the loader
// fills. GNU ld, gold, lld and mold differ in sections and padding only.
#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "binalyzer/image_builder.h"

namespace chestnut::binalyzer {
namespace {

constexpr absl::string_view kEndbr("\xf3\x0f\x1e\xfa", 4);
constexpr absl::string_view kPushOperand("\xff\x35", 2);
constexpr absl::string_view kJumpOperand("\xff\x25", 2);
constexpr absl::string_view kLoadR11("\x4c\x8b\x1d", 3);

class PltFinder {
 public:
  explicit PltFinder(ImageContents* image) : image_(*image) {}

  void Find() {
    for (const ImageRelocation& relocation : image_.relocations) {
      if (relocation.kind != RelocationKind::kJumpSlot) continue;
      // Lazily bound: at first the slot leads back into the PLT.
      const auto word = MemoryWord(image_, relocation.address, 8);
      if (word.value_or(0) != 0) lazy_[*word] = relocation.address;
    }
    for (const ImageSegment& segment : image_.segments) {
      if (!segment.executable) continue;
      for (const AddressRange& range : PlacesOfStubs(segment)) {
        Scan(segment, range, kJumpOperand);
        Scan(segment, range, kLoadR11);
      }
    }
    FindLazyEntries();
    Finish();
  }

 private:
  static bool Starts(absl::string_view bytes, absl::string_view prefix) {
    return bytes.substr(0, prefix.size()) == prefix;
  }

  // The address that a 4-byte displacement at `at` leads to; 0 without one.
  static uint64_t Operand(const ImageSegment& segment, uint64_t at) {
    if (at > segment.bytes.size() || segment.bytes.size() - at < 4) return 0;
    const auto displacement = LoadAs<int32_t>(segment.bytes.substr(at));
    return segment.address + at + 4 + static_cast<int64_t>(displacement);
  }

  // Where section headers name the PLT, indirect jumps elsewhere are code's own
  // (-fno-plt).
  std::vector<AddressRange> PlacesOfStubs(const ImageSegment& segment) const {
    std::vector<AddressRange> places;
    for (const ImageSection& section : image_.sections) {
      const bool plt =
          absl::StartsWith(section.name, ".plt") || section.name == ".iplt";
      if (plt && segment.contains(section.range.begin)) {
        places.push_back(section.range);
      }
    }
    if (image_.sections.empty()) {
      places.push_back({segment.address, segment.end()});
    }
    return places;
  }

  void Scan(const ImageSegment& segment, AddressRange range,
            absl::string_view pattern) {
    const absl::string_view bytes =
        segment.bytes.substr(0, range.end - segment.address);
    for (size_t at = bytes.find(pattern, range.begin - segment.address);
         at != absl::string_view::npos; at = bytes.find(pattern, at + 1)) {
      const uint64_t slot = Operand(segment, at + pattern.size());
      if (slot == image_.dynamic.got_plt + 16 && slot != 16) {
        AddHeader(segment, at, slot);
      }
      const uint64_t begin = BeginOf(segment, at);
      if ((segment.address + begin) % 8 != 0) continue;
      const ImageRelocation* relocation = FindRelocation(image_, slot);
      if (relocation == nullptr || !FillsSlot(*relocation)) continue;
      Add(segment, begin, at + pattern.size() + 4, *relocation);
    }
  }

  bool FillsSlot(const ImageRelocation& relocation) const {
    switch (relocation.kind) {
      case RelocationKind::kRelative:
        // Of a program linked statically. In code at large it may be a jump
        // through a variable.
        return !image_.sections.empty();
      case RelocationKind::kJumpSlot:
      case RelocationKind::kGlobDat:
      case RelocationKind::kIndirectRelative:
        return true;
      default:
        return false;
    }
  }

  // Steps back over what may precede the jump: the bnd prefix, the index that
  // mold and others load into r11, endbr64.
  static uint64_t BeginOf(const ImageSegment& segment, uint64_t at) {
    const absl::string_view bytes = segment.bytes;
    auto preceded = [&](uint64_t length, absl::string_view by) {
      return at >= length && Starts(bytes.substr(at - length), by);
    };
    if (preceded(1, "\xf2")) at -= 1;
    if (preceded(6, "\x41\xbb")) at -= 6;
    if (preceded(4, kEndbr)) at -= 4;
    return at;
  }

  void Add(const ImageSegment& segment, uint64_t begin, uint64_t end,
           const ImageRelocation& relocation) {
    PltStub stub;
    // `push n; jmp header` or padding follow up to the next stub.
    const bool pushes = Starts(segment.bytes.substr(end), "\x68");
    const uint64_t size = end - begin <= 8 && !pushes ? 8 : 16;
    stub.range.begin = segment.address + begin;
    stub.range.end = std::min(stub.range.begin + size,
                              segment.address + segment.bytes.size());
    stub.slot = relocation.address;
    stub.symbol = relocation.symbol;
    stub.by_resolver = relocation.kind == RelocationKind::kIndirectRelative;
    stub.target = RelocationTarget(image_, relocation).value_or(0);
    image_.plt.push_back(stub);
  }

  void AddHeader(const ImageSegment& segment, uint64_t jump, uint64_t slot) {
    // `push GOT+8` comes first, maybe with a bnd prefix before the jump.
    for (const uint64_t back : {6, 7, 10}) {
      if (jump < back) continue;
      const uint64_t at = jump - back;
      if (!Starts(segment.bytes.substr(at), kPushOperand) ||
          Operand(segment, at + 2) != slot - 8) {
        continue;
      }
      const uint64_t begin = BeginOf(segment, at);
      PltStub stub;
      stub.kind = PltStubKind::kLazyHeader;
      stub.range.begin = segment.address + begin;
      stub.range.end = std::min(stub.range.begin + (begin == at ? 16 : 32),
                                segment.address + segment.bytes.size());
      stub.slot = slot;
      image_.plt.push_back(stub);
      return;
    }
  }

  // Under IBT the first half of a stub stands in .plt, alone: endbr64, push,
  // jump to the header. Only the slot's first value leads there.
  void FindLazyEntries() {
    for (const auto& [address, slot] : lazy_) {
      const absl::string_view bytes = MemoryFrom(image_, address);
      if (!Starts(bytes, kEndbr) || !Starts(bytes.substr(4), "\x68") ||
          bytes.size() < 16) {
        continue;
      }
      const ImageRelocation* relocation = FindRelocation(image_, slot);
      PltStub stub;
      stub.kind = PltStubKind::kLazyEntry;
      stub.range = {address, address + 16};
      stub.slot = slot;
      stub.symbol = relocation->symbol;
      stub.target = RelocationTarget(image_, *relocation).value_or(0);
      image_.plt.push_back(stub);
    }
  }

  void Finish() {
    auto& all = image_.plt;
    std::sort(all.begin(), all.end(), [](const PltStub& a, const PltStub& b) {
      return std::tuple(a.range.begin, a.kind, a.slot) <
             std::tuple(b.range.begin, b.kind, b.slot);
    });
    std::vector<PltStub> kept;
    for (const PltStub& stub : all) {
      if (!kept.empty() && kept.back().range.end > stub.range.begin) {
        if (kept.back().range.begin == stub.range.begin) continue;
        kept.back().range.end = stub.range.begin;
      }
      kept.push_back(stub);
    }
    all = std::move(kept);
  }

  ImageContents& image_;
  absl::flat_hash_map<uint64_t, uint64_t> lazy_;  // stub to slot
};

}  // namespace

void FindPltStubs(ImageContents* image) { PltFinder(image).Find(); }

}  // namespace chestnut::binalyzer
