#include "binalyzer/data_objects.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "binalyzer/data_references.h"
#include "binalyzer/data_regions.h"

namespace chestnut::binalyzer {
namespace {

// GCC aligns aggregates of 32 bytes and more to 32, so an inferred border
// elsewhere may lie inside of one.
constexpr uint64_t kHardAlignment = 32;
// Of a virtual table, behind its begin.
constexpr uint64_t kAddressPoint = 16;
// glibc compares pointers with the borders of this section and never walks it
// (checked on 2.36: _IO_vtable_check).
constexpr absl::string_view kNotWalked[] = {"__libc_IO_vtables"};

// The linker makes __start_X and __stop_X of such names.
bool IsIdentifier(absl::string_view name) {
  if (name.empty() || absl::ascii_isdigit(name[0])) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
  });
}

}  // namespace

class DataObjectFinder {
 public:
  DataObjectFinder(const Image& image, const FunctionTable& functions,
                   DataObjects* data)
      : image_(image), functions_(functions), data_(*data) {}

  void Find(absl::Span<const uint64_t> code_references) {
    data_.got_ = FindGot(image_);
    regions_ = FindDataRegions(image_, functions_, data_.got_);
    AddSymbols();
    AddBorders(code_references);
    JoinWalkedSections(code_references);
    MakeObjects();
    data_.references_ = FindDataReferences(image_, functions_, data_.objects_);
    FindContinuations();
  }

 private:
  struct Extent {
    AddressRange range;
    uint32_t symbol = kNoSymbol;  // none: a section that is walked
  };

  enum class Border { kHard, kSoft };

  const DataRegion* RegionAt(uint64_t address) const {
    auto it = std::upper_bound(
        regions_.begin(), regions_.end(), address,
        [](uint64_t a, const DataRegion& r) { return a < r.range.begin; });
    if (it == regions_.begin()) return nullptr;
    --it;
    return it->range.contains(address) ? &*it : nullptr;
  }

  // ---- Borders ----

  void AddSymbols() {
    const auto symbols = image_.symbols();
    for (uint32_t i = 0; i < symbols.size(); ++i) {
      const ImageSymbol& symbol = symbols[i];
      if (!symbol.defined || symbol.absolute || symbol.address == 0 ||
          symbol.kind == SymbolKind::kSection ||
          symbol.kind == SymbolKind::kFile) {
        continue;
      }
      const DataRegion* region = RegionAt(symbol.address);
      if (region == nullptr) continue;
      if (symbol.size == 0) {
        borders_.push_back({symbol.address, Border::kHard});
        names_.push_back({symbol.address, i});
        continue;
      }
      const uint64_t end =
          std::min(symbol.address + symbol.size, region->range.end);
      extents_.push_back({{symbol.address, end}, i});
    }
  }

  void AddBorders(absl::Span<const uint64_t> code_references) {
    for (const ImageSegment& segment : image_.segments()) {
      // .bss begins where the file ends.
      borders_.push_back(
          {segment.address + segment.bytes.size(), Border::kHard});
    }
    for (const uint64_t address : code_references) AddSoft(address);
    for (const ImageRelocation& relocation : image_.relocations()) {
      // Of an operand's only the decoder knows where it points.
      if (functions_.IsCode(relocation.address)) continue;
      const auto target = image_.TargetOf(relocation);
      if (target.has_value()) AddSoft(*target);
    }
    // At fixed addresses plain words take the place of relocations.
    if (image_.kind() == ImageKind::kExecutable) AddPlainBorders();
  }

  void AddPlainBorders() {
    for (const DataRegion& region : regions_) {
      const absl::string_view bytes =
          image_.BytesFrom(region.range.begin).substr(0, region.range.size());
      for (uint64_t i = (8 - region.range.begin % 8) % 8; i + 8 <= bytes.size();
           i += 8) {
        uint64_t word;
        std::memcpy(&word, bytes.data() + i, sizeof(word));
        AddSoft(word);
      }
    }
  }

  void AddSoft(uint64_t address) {
    if (RegionAt(address) == nullptr) return;
    if (IsAddressPoint(address)) {
      borders_.push_back({address - kAddressPoint, Border::kHard});
      return;
    }
    borders_.push_back({address, address % kHardAlignment == 0
                                     ? Border::kHard
                                     : Border::kSoft});
  }

  // Objects hold pointers to the third word of a virtual table (Itanium C++
  // ABI): behind the offset to the top, 0 or negative, and the type, null
  // without RTTI. A border there would make each table the middle of an array.
  bool IsAddressPoint(uint64_t address) const {
    if (address % 8 != 0 || address < kAddressPoint ||
        RegionAt(address - kAddressPoint) != RegionAt(address)) {
      return false;
    }
    const auto offset = image_.PointerAt(address - 16);
    const auto type = image_.PointerAt(address - 8);
    const auto method = image_.PointerAt(address);
    if (!offset.has_value() || !type.has_value() || !method.has_value()) {
      return false;
    }
    constexpr int64_t kFarthest = -(int64_t{1} << 24);
    const auto top = static_cast<int64_t>(offset->address);
    return !offset->relocated && top <= 0 && top > kFarthest &&
           IsTypeOrNull(*type) &&
           (method->symbol != kNoSymbol || functions_.IsCode(method->address));
  }

  // A type begins with a pointer to the virtual table of its own class. So a
  // row of a C table (number, name, function) is not taken for one.
  bool IsTypeOrNull(const Image::Pointer& type) const {
    if (type.address == 0) return true;  // or another module's
    const auto table = image_.PointerAt(type.address);
    if (!table.has_value()) return false;
    return table->relocated || (image_.kind() == ImageKind::kExecutable &&
                                RegionAt(table->address) != nullptr);
  }

  // Whoever walks a section needs the address of its end, too. In objects the
  // link decides.
  void JoinWalkedSections(absl::Span<const uint64_t> code_references) {
    if (image_.kind() == ImageKind::kRelocatable) return;
    absl::flat_hash_map<uint64_t, AddressRange> ends;
    for (const DataRegion& region : regions_) {
      if (IsIdentifier(region.section) &&
          std::find(std::begin(kNotWalked), std::end(kNotWalked),
                    region.section) == std::end(kNotWalked)) {
        ends[region.range.end] = region.range;
      }
    }
    if (ends.empty()) return;
    auto join = [&](uint64_t address) {
      const auto it = ends.find(address);
      if (it == ends.end()) return;
      extents_.push_back({it->second, kNoSymbol});
      ends.erase(it);
    };
    for (const uint64_t address : code_references) join(address);
    for (const ImageRelocation& relocation : image_.relocations()) {
      join(image_.TargetOf(relocation).value_or(0));
    }
  }

  // ---- Objects ----

  // Larger first, so that it takes in what is inside of it.
  void SortBorders() {
    std::sort(extents_.begin(), extents_.end(),
              [this](const Extent& a, const Extent& b) {
                return std::tuple(a.range.begin, ~a.range.end, Rank(a.symbol),
                                  a.symbol) <
                       std::tuple(b.range.begin, ~b.range.end, Rank(b.symbol),
                                  b.symbol);
              });
    std::sort(borders_.begin(), borders_.end());
    std::sort(names_.begin(), names_.end(),
              [this](const auto& a, const auto& b) {
                return std::tuple(a.first, Rank(a.second), a.second) <
                       std::tuple(b.first, Rank(b.second), b.second);
              });
  }

  std::tuple<int, absl::string_view> Rank(uint32_t index) const {
    if (index == kNoSymbol) return {-1, ""};
    const ImageSymbol& symbol = image_.symbols()[index];
    int rank = symbol.exported ? 0 : 4;
    if (symbol.binding == SymbolBinding::kLocal) rank += 2;
    if (symbol.binding == SymbolBinding::kWeak) rank += 1;
    return {rank, symbol.name};
  }

  void MakeObjects() {
    SortBorders();
    size_t extent = 0;
    size_t border = 0;
    size_t name = 0;
    for (const DataRegion& region : regions_) {
      uint64_t at = region.range.begin;
      bool soft = false;
      while (at < region.range.end) {
        while (extent < extents_.size() && extents_[extent].range.begin < at) {
          ++extent;
        }
        while (border < borders_.size() && borders_[border].first <= at) {
          ++border;
        }
        if (extent < extents_.size() && extents_[extent].range.begin == at) {
          at = AddNamed(region, &extent);
          soft = false;
          continue;
        }
        uint64_t end = region.range.end;
        if (extent < extents_.size()) {
          end = std::min(end, extents_[extent].range.begin);
        }
        bool next_soft = false;
        if (border < borders_.size() && borders_[border].first < end) {
          end = borders_[border].first;
          // kHard sorts first.
          next_soft = borders_[border].second == Border::kSoft;
        }
        AddObject(region, {at, end}, NameAt(at, &name), true, soft);
        soft = next_soft;
        at = end;
      }
    }
  }

  // Symbols that overlap are one object.
  uint64_t AddNamed(const DataRegion& region, size_t* extent) {
    const Extent& first = extents_[*extent];
    uint64_t end = first.range.end;
    for (++*extent;
         *extent < extents_.size() && extents_[*extent].range.begin < end;
         ++*extent) {
      end = std::max(end,
                     std::min(extents_[*extent].range.end, region.range.end));
    }
    AddObject(region, {first.range.begin, end}, first.symbol,
              first.symbol == kNoSymbol, false);
    return end;
  }

  uint32_t NameAt(uint64_t address, size_t* name) const {
    while (*name < names_.size() && names_[*name].first < address) ++*name;
    return *name < names_.size() && names_[*name].first == address
               ? names_[*name].second
               : kNoSymbol;
  }

  void AddObject(const DataRegion& region, AddressRange range, uint32_t symbol,
                 bool inferred, bool soft) {
    DataObject object;
    object.range = range;
    object.symbol = symbol;
    if (symbol != kNoSymbol) object.name = image_.symbols()[symbol].name;
    object.section = region.section;
    object.inferred = inferred;
    object.soft_begin = soft;
    object.writable =
        region.segment->writable && !image_.relro().contains(range.begin);
    object.zero_filled =
        range.begin >= region.segment->address + region.segment->bytes.size();
    object.thread_local_image =
        image_.thread_local_image().contains(range.begin) ||
        absl::StartsWith(region.section, ".tdata") ||
        absl::StartsWith(region.section, ".tbss");
    data_.objects_.push_back(object);
  }

  // Backwards, as each leads to the next.
  void FindContinuations() {
    const auto& objects = data_.objects_;
    data_.continued_.assign(objects.size(), DataObjects::kNoObject);
    for (size_t i = objects.size(); i-- > 1;) {
      if (!objects[i].soft_begin) continue;
      const auto index = static_cast<uint32_t>(i);
      data_.continued_[i - 1] =
          data_.References(index).empty() ? data_.continued_[i] : index;
    }
  }

  const Image& image_;
  const FunctionTable& functions_;
  DataObjects& data_;
  std::vector<DataRegion> regions_;
  std::vector<Extent> extents_;
  std::vector<std::pair<uint64_t, Border>> borders_;
  std::vector<std::pair<uint64_t, uint32_t>> names_;  // symbols without size
};

DataObjects DataObjects::Find(const Image& image,
                              const FunctionTable& functions,
                              absl::Span<const uint64_t> code_references) {
  DataObjects data;
  DataObjectFinder(image, functions, &data).Find(code_references);
  return data;
}

int64_t DataObjects::IndexAt(uint64_t address) const {
  auto it = std::upper_bound(
      objects_.begin(), objects_.end(), address,
      [](uint64_t a, const DataObject& o) { return a < o.range.begin; });
  if (it == objects_.begin()) return -1;
  --it;
  return it->range.contains(address) ? it - objects_.begin() : -1;
}

const DataObject* DataObjects::ObjectAt(uint64_t address) const {
  const int64_t index = IndexAt(address);
  return index < 0 ? nullptr : &objects_[static_cast<size_t>(index)];
}

absl::InlinedVector<uint32_t, 4> DataObjects::ObjectsFor(
    uint64_t address) const {
  absl::InlinedVector<uint32_t, 4> found;
  if (address != 0) {
    const int64_t before = IndexAt(address - 1);
    if (before >= 0 &&
        objects_[static_cast<size_t>(before)].range.end == address) {
      found.push_back(static_cast<uint32_t>(before));
    }
  }
  const int64_t index = IndexAt(address);
  if (index < 0) return found;
  for (auto next = static_cast<uint32_t>(index); next != kNoObject;
       next = continued_[next]) {
    found.push_back(next);
  }
  return found;
}

absl::Span<const DataReference> DataObjects::References(uint32_t object) const {
  const AddressRange range = objects_[object].range;
  return ReferencesIn(range.begin, range.end);
}

absl::Span<const DataReference> DataObjects::ReferencesIn(uint64_t begin,
                                                          uint64_t end) const {
  constexpr auto kBefore = [](const DataReference& r, uint64_t address) {
    return r.place < address;
  };
  const auto first =
      std::lower_bound(references_.begin(), references_.end(), begin, kBefore);
  const auto last =
      std::lower_bound(first, references_.end(), std::max(begin, end), kBefore);
  return absl::MakeConstSpan(references_)
      .subspan(first - references_.begin(), last - first);
}

}  // namespace chestnut::binalyzer
