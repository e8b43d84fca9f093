#include "binalyzer/functions.h"

#include <elf.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "binalyzer/padding.h"

namespace chestnut::binalyzer {
namespace {

// Of functions, where compilers and assemblers pad with longer nops.
constexpr uint64_t kFunctionAlignment = 16;
constexpr uint8_t kNop = 0x90;

bool HasPlace(const ImageSymbol& symbol) {
  return symbol.defined && !symbol.absolute &&
         symbol.kind != SymbolKind::kThreadLocal &&
         symbol.kind != SymbolKind::kSection &&
         symbol.kind != SymbolKind::kFile;
}

bool IsFunctionKind(const ImageSymbol& symbol) {
  return symbol.kind == SymbolKind::kFunction ||
         symbol.kind == SymbolKind::kIndirectFunction;
}

// Lower is better to show.
int RankOf(const ImageSymbol& symbol) {
  int rank = 0;
  if (!symbol.exported) rank += 8;
  if (symbol.binding == SymbolBinding::kLocal) rank += 4;
  if (symbol.binding == SymbolBinding::kWeak) rank += 2;
  if (symbol.kind == SymbolKind::kNone) rank += 1;
  return rank;
}

// The last of `ranges` that begins at or before the address and holds it.
template <typename Range, typename Get>
const Range* Holding(const std::vector<Range>& ranges, uint64_t address,
                     Get get) {
  auto it = std::upper_bound(
      ranges.begin(), ranges.end(), address,
      [&](uint64_t a, const Range& r) { return a < get(r).begin; });
  if (it == ranges.begin()) return nullptr;
  --it;
  return get(*it).contains(address) ? &*it : nullptr;
}

}  // namespace

class FunctionFinder {
 public:
  explicit FunctionFinder(const Image& image, FunctionTable* table)
      : image_(image), table_(*table) {}

  void Find() {
    FindCode();
    SortSymbols();
    AddFrames();
    AddSymbols();
    MergeExtents();
    AddPltStubs();
    AddStartup();
    AddRelocationTargets();
    MakeRanges();
  }

 private:
  struct Start {
    uint64_t address;
    FunctionSource source;

    friend bool operator<(const Start& a, const Start& b) {
      return std::tie(a.address, a.source) < std::tie(b.address, b.source);
    }
  };

  // ---- Where code is ----

  void FindCode() {
    for (const ImageSegment& segment : image_.segments()) {
      if (!segment.executable || segment.bytes.empty()) continue;
      const AddressRange all = {segment.address,
                                segment.address + segment.bytes.size()};
      const size_t before = table_.code_.size();
      for (const ImageSection& section : image_.sections()) {
        if ((section.flags & SHF_EXECINSTR) == 0 ||
            !all.contains(section.range.begin)) {
          continue;
        }
        AddCode({section.range.begin, std::min(section.range.end, all.end)});
      }
      if (table_.code_.size() == before) AddCode(WithoutTables(segment, all));
    }
  }

  // Hostile sections may overlap.
  void AddCode(AddressRange range) {
    auto& code = table_.code_;
    if (!code.empty()) range.begin = std::max(range.begin, code.back().end);
    if (range.begin < range.end) code.push_back(range);
  }

  // Without section headers, and linked into one segment with data, code is
  // what lies between the first and the last thing known to be code.
  AddressRange WithoutTables(const ImageSegment& segment,
                             AddressRange all) const {
    const bool mixed = segment.writable ||
                       segment.bytes.data() == image_.file_bytes().data() ||
                       all.contains(image_.eh_frame_header().begin);
    if (!mixed) return all;
    AddressRange known = {all.end, all.begin};
    auto add = [&](uint64_t begin, uint64_t end) {
      if (!all.contains(begin)) return;
      known.begin = std::min(known.begin, begin);
      known.end = std::max(known.end, std::min(end, all.end));
    };
    // _init and _fini have no unwind entry; their size is some instructions.
    constexpr uint64_t kSmall = 16;
    for (const FrameEntry& frame : table_.frames_) {
      add(frame.range.begin, frame.range.end);
    }
    for (const PltStub& stub : image_.plt()) {
      add(stub.range.begin, stub.range.end);
    }
    for (const auto& list : {image_.init(), image_.fini(), image_.preinit()}) {
      for (const StartupFunction& f : list) {
        if (f.address != 0) add(f.address, f.address + kSmall);
      }
    }
    for (const ImageSymbol& symbol : image_.symbols()) {
      if (!HasPlace(symbol) || !IsFunctionKind(symbol)) continue;
      add(symbol.address, symbol.address + std::max(symbol.size, kSmall));
    }
    if (image_.entry() != 0) add(image_.entry(), image_.entry() + kSmall);
    return known.begin < known.end ? known : all;
  }

  // ---- Beginnings and extents ----

  void SortSymbols() {
    const auto all = image_.symbols();
    for (uint32_t i = 0; i < all.size(); ++i) {
      if (HasPlace(all[i])) table_.symbols_.push_back(i);
    }
    std::sort(
        table_.symbols_.begin(), table_.symbols_.end(),
        [&](uint32_t a, uint32_t b) {
          return std::tuple(all[a].address, RankOf(all[a]), all[a].name, a) <
                 std::tuple(all[b].address, RankOf(all[b]), all[b].name, b);
        });
  }

  void Add(AddressRange range, FunctionSource source) {
    const AddressRange* code = CodeAt(range.begin);
    if (code == nullptr) return;
    starts_.push_back({range.begin, source});
    range.end = std::min(range.end, code->end);
    if (!range.empty()) extents_.push_back(range);
  }

  const AddressRange* CodeAt(uint64_t address) const {
    return Holding(table_.code_, address,
                   [](const AddressRange& r) { return r; });
  }

  void AddFrames() {
    for (FrameEntry& frame : table_.frames_) {
      // The entry of a signal trampoline begins one byte too early, in a nop.
      const auto byte = image_.BytesAt(frame.range.begin, 1);
      if (frame.signal_frame && byte.has_value() && frame.range.size() > 1 &&
          (static_cast<uint8_t>((*byte)[0]) == kNop ||
           (frame.range.begin + 1) % kFunctionAlignment == 0)) {
        ++frame.range.begin;
      }
      Add(frame.range, FunctionSource::kFrame);
    }
  }

  // A local symbol without a type is a label inside of something. One that is
  // global can be called from elsewhere.
  void AddSymbols() {
    for (const uint32_t index : table_.symbols_) {
      const ImageSymbol& symbol = image_.symbols()[index];
      const bool label = symbol.kind == SymbolKind::kNone &&
                         symbol.binding != SymbolBinding::kLocal;
      if (!IsFunctionKind(symbol) && !label) continue;
      const uint64_t begin = symbol.address;
      Add({begin, begin + symbol.size}, FunctionSource::kSymbol);
    }
  }

  void MergeExtents() {
    std::sort(extents_.begin(), extents_.end(),
              [](const AddressRange& a, const AddressRange& b) {
                return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
              });
    std::vector<AddressRange> merged;
    for (const AddressRange& extent : extents_) {
      if (!merged.empty() && extent.begin <= merged.back().end) {
        merged.back().end = std::max(merged.back().end, extent.end);
      } else {
        merged.push_back(extent);
      }
    }
    extents_ = std::move(merged);
  }

  bool Covered(uint64_t address) const {
    return Holding(extents_, address,
                   [](const AddressRange& r) { return r; }) != nullptr;
  }

  // The linker gives all of .plt one unwind entry. An indirect jump through the
  // GOT in ordinary code looks like a stub; splitting its function there would
  // lose what is known of it.
  void AddPltStubs() {
    uint64_t last_end = 0;
    bool last_taken = false;
    for (const PltStub& stub : image_.plt()) {
      const absl::string_view section = image_.SectionNameAt(stub.range.begin);
      bool take = absl::StartsWith(section, ".plt") || section == ".iplt";
      if (image_.sections().empty()) {
        const FrameEntry* frame = FrameAt(stub.range.begin);
        take = frame == nullptr || frame->range.begin == stub.range.begin ||
               (last_taken && last_end == stub.range.begin);
      }
      last_end = stub.range.end;
      last_taken = take;
      if (!take || CodeAt(stub.range.begin) == nullptr) continue;
      starts_.push_back({stub.range.begin, FunctionSource::kPlt});
      cuts_.push_back(stub.range.end);
    }
  }

  const FrameEntry* FrameAt(uint64_t address) const {
    return Holding(table_.frames_, address,
                   [](const FrameEntry& f) { return f.range; });
  }

  void AddStartup() {
    if (image_.entry() != 0) {
      Add({image_.entry(), image_.entry()}, FunctionSource::kStartup);
    }
    for (const auto& list : {image_.init(), image_.fini(), image_.preinit()}) {
      for (const StartupFunction& f : list) {
        if (f.address == 0) continue;  // another module's
        Add({f.address, f.address}, FunctionSource::kStartup);
      }
    }
  }

  // Into what is covered they may lead to labels (jump tables, `&&label`).
  void AddRelocationTargets() {
    for (const ImageRelocation& relocation : image_.relocations()) {
      switch (relocation.kind) {
        case RelocationKind::kRelative:
        case RelocationKind::kAbsolute64:
        case RelocationKind::kAbsolute32:
        case RelocationKind::kIndirectRelative:
          break;
        default:
          continue;
      }
      const auto target = image_.TargetOf(relocation);
      if (!target.has_value() || CodeAt(*target) == nullptr ||
          Covered(*target)) {
        continue;
      }
      starts_.push_back({*target, FunctionSource::kRelocation});
    }
  }

  // ---- Ranges ----

  // Code is cut where something starts and where what covers it ends.
  void MakeRanges() {
    std::sort(starts_.begin(), starts_.end());
    for (const Start& start : starts_) cuts_.push_back(start.address);
    for (const AddressRange& extent : extents_) cuts_.push_back(extent.end);
    std::sort(cuts_.begin(), cuts_.end());
    cuts_.erase(std::unique(cuts_.begin(), cuts_.end()), cuts_.end());
    auto cut = cuts_.begin();
    for (const AddressRange& code : table_.code_) {
      uint64_t begin = code.begin;
      while (cut != cuts_.end() && *cut <= code.begin) ++cut;
      for (; cut != cuts_.end() && *cut < code.end; ++cut) {
        MakeRange({begin, *cut});
        begin = *cut;
      }
      MakeRange({begin, code.end});
    }
  }

  void MakeRange(AddressRange range) {
    while (next_start_ < starts_.size() &&
           starts_[next_start_].address < range.begin) {
      ++next_start_;
    }
    FunctionRange function;
    function.range = range;
    if (next_start_ < starts_.size() &&
        starts_[next_start_].address == range.begin) {
      function.source = starts_[next_start_].source;
    } else if (IsPadding(
                   image_.BytesAt(range.begin, range.size()).value_or(""))) {
      return;
    }
    if (const FrameEntry* frame = FrameAt(range.begin)) {
      function.frame = static_cast<uint32_t>(frame - table_.frames_.data());
    }
    const auto symbols = table_.SymbolsAt(range.begin);
    if (!symbols.empty()) {
      function.symbol = symbols.front();
      function.name = image_.symbols()[function.symbol].name;
    }
    table_.functions_.push_back(function);
  }

  const Image& image_;
  FunctionTable& table_;
  std::vector<Start> starts_;
  std::vector<AddressRange> extents_;  // of frames and sized symbols
  std::vector<uint64_t> cuts_;
  size_t next_start_ = 0;
};

absl::StatusOr<FunctionTable> FunctionTable::Find(const Image& image) {
  FunctionTable table(image);
  auto frames = ReadFrames(image);
  if (!frames.ok()) return frames.status();
  table.frames_ = std::move(*frames);
  FunctionFinder(image, &table).Find();
  return table;
}

bool FunctionTable::HasGuessedEnd(const FunctionRange& function) {
  return function.source == FunctionSource::kStartup ||
         function.source == FunctionSource::kRelocation ||
         function.source == FunctionSource::kGap;
}

bool FunctionTable::SplitGaps(absl::Span<const uint64_t> addresses) {
  std::vector<FunctionRange> split;
  split.reserve(functions_.size());
  auto next = addresses.begin();
  for (FunctionRange function : functions_) {
    while (next != addresses.end() && *next <= function.range.begin) ++next;
    for (; next != addresses.end() && *next < function.range.end; ++next) {
      if (!HasGuessedEnd(function) || *next == function.range.begin) continue;
      FunctionRange rest;
      rest.range = {*next, function.range.end};
      rest.frame = function.frame;
      function.range.end = *next;
      split.push_back(function);
      function = rest;
    }
    split.push_back(function);
  }
  const bool changed = split.size() != functions_.size();
  functions_ = std::move(split);
  return changed;
}

int64_t FunctionTable::IndexAt(uint64_t address) const {
  const FunctionRange* function = FunctionAt(address);
  return function == nullptr ? -1 : function - functions_.data();
}

const FunctionRange* FunctionTable::FunctionAt(uint64_t address) const {
  return Holding(functions_, address,
                 [](const FunctionRange& f) { return f.range; });
}

bool FunctionTable::StartsAt(uint64_t address) const {
  const FunctionRange* function = FunctionAt(address);
  return function != nullptr && function->range.begin == address;
}

bool FunctionTable::IsCode(uint64_t address) const {
  return Holding(code_, address, [](const AddressRange& r) { return r; }) !=
         nullptr;
}

absl::Span<const uint32_t> FunctionTable::SymbolsAt(uint64_t address) const {
  const auto all = image_->symbols();
  const auto first = std::lower_bound(
      symbols_.begin(), symbols_.end(), address,
      [&](uint32_t symbol, uint64_t a) { return all[symbol].address < a; });
  auto last = first;
  while (last != symbols_.end() && all[*last].address == address) ++last;
  return absl::MakeConstSpan(symbols_).subspan(first - symbols_.begin(),
                                               last - first);
}

}  // namespace chestnut::binalyzer
