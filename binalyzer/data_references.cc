#include "binalyzer/data_references.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <tuple>

#include "absl/container/flat_hash_set.h"

namespace chestnut::binalyzer {
namespace {

// A set of addresses in code with a bit for each, so that asking for every word
// of large data costs little.
class CodeAddressSet {
 public:
  CodeAddressSet() = default;
  explicit CodeAddressSet(absl::Span<const AddressRange> code) {
    uint64_t size = 0;
    for (const AddressRange& range : code) {
      pieces_.push_back({range, size});
      size += range.size();
    }
    if (!code.empty()) hull_ = {code.front().begin, code.back().end};
    bits_.resize((size + 63) / 64);
  }

  // All of it must be in one range of the code.
  void Add(AddressRange range) {
    const int64_t first = IndexOf(range.begin);
    if (first < 0) return;
    for (uint64_t i = 0; i < range.size(); ++i) {
      const uint64_t bit = static_cast<uint64_t>(first) + i;
      bits_[bit / 64] |= uint64_t{1} << (bit % 64);
    }
  }
  bool Has(uint64_t address) const {
    if (!hull_.contains(address)) return false;
    const int64_t bit = IndexOf(address);
    return bit >= 0 &&
           (bits_[static_cast<uint64_t>(bit) / 64] >> (bit % 64) & 1) != 0;
  }

 private:
  struct Piece {
    AddressRange range;
    uint64_t first_bit;
  };

  int64_t IndexOf(uint64_t address) const {
    for (const Piece& piece : pieces_) {
      if (!piece.range.contains(address)) continue;
      return static_cast<int64_t>(piece.first_bit + address -
                                  piece.range.begin);
    }
    return -1;
  }

  AddressRange hull_;
  std::vector<Piece> pieces_;
  std::vector<uint64_t> bits_;
};

template <typename T>
T WordAt(absl::string_view bytes, uint64_t offset) {
  T word;
  std::memcpy(&word, bytes.data() + offset, sizeof(word));
  return word;
}

class ReferenceFinder {
 public:
  ReferenceFinder(const Image& image, const FunctionTable& functions,
                  absl::Span<const DataObject> objects)
      : image_(image), functions_(functions), objects_(objects) {}

  std::vector<DataReference> Find() {
    for (const DataObject& object : objects_) AddRelocated(object);
    if (image_.kind() != ImageKind::kRelocatable) {
      FindFunctionBegins();
      if (image_.kind() == ImageKind::kExecutable) AddPlainWords();
      AddRelativeWords();
    }
    auto key = [](const DataReference& r) {
      return std::tuple(r.place, r.target, r.symbol, r.by_resolver, r.copied,
                        r.guessed, r.relative);
    };
    std::sort(found_.begin(), found_.end(),
              [&](const auto& a, const auto& b) { return key(a) < key(b); });
    found_.erase(std::unique(found_.begin(), found_.end(),
                             [&](const auto& a, const auto& b) {
                               return key(a) == key(b);
                             }),
                 found_.end());
    return std::move(found_);
  }

 private:
  // ---- Relocations ----

  void AddRelocated(const DataObject& object) {
    for (const ImageRelocation& relocation :
         image_.RelocationsIn(object.range.begin, object.range.end)) {
      AddRelocation(object, relocation);
    }
  }

  void AddRelocation(const DataObject& object,
                     const ImageRelocation& relocation) {
    DataReference reference;
    reference.place = relocation.address;
    reference.symbol = relocation.symbol;
    reference.target = image_.TargetOf(relocation).value_or(0);
    switch (relocation.kind) {
      case RelocationKind::kThreadOffset:
      case RelocationKind::kThreadModule:
      case RelocationKind::kThreadDescriptor:
      case RelocationKind::kSize:
        return;
      case RelocationKind::kIndirectRelative:
        reference.by_resolver = true;
        break;
      case RelocationKind::kCopy:
        reference.copied = true;
        reference.target = 0;
        break;
      case RelocationKind::kPcRelative:
      case RelocationKind::kPltRelative:
        reference.relative = relocation.type == R_X86_64_PC32;
        // An offset from the object, not from the word: the assembler made up
        // for the difference in the addend.
        if (reference.target != 0) {
          found_.push_back(reference);
          reference.target -= relocation.address - object.range.begin;
        }
        break;
      default:
        break;
    }
    found_.push_back(reference);
  }

  // ---- Words that no relocation marks ----

  void FindFunctionBegins() {
    const auto code = functions_.code();
    if (code.empty()) return;
    begins_ = CodeAddressSet(code);
    for (const FunctionRange& function : functions_.functions()) {
      if (function.source == FunctionSource::kGap) {
        begins_.Add(function.range);
      } else {
        begins_.Add({function.range.begin, function.range.begin + 1});
      }
    }
  }

  absl::string_view BytesOf(const DataObject& object) const {
    return image_.BytesFrom(object.range.begin).substr(0, object.range.size());
  }

  void Guess(uint64_t place, uint64_t target) {
    DataReference reference;
    reference.place = place;
    reference.target = target;
    reference.guessed = true;
    found_.push_back(reference);
  }

  // The linker has put addresses in and left no trace. Packed structs may hold
  // them anywhere; those of data, which more numbers look like, count at
  // multiples of 4 only.
  void AddPlainWords() {
    if (objects_.empty()) return;
    const AddressRange data = {objects_.front().range.begin,
                               objects_.back().range.end};
    for (const DataObject& object : objects_) {
      const absl::string_view bytes = BytesOf(object);
      for (uint64_t i = 0; i + 4 <= bytes.size(); ++i) {
        const uint64_t place = object.range.begin + i;
        if (place % 4 == 0) {
          const auto half = WordAt<uint32_t>(bytes, i);
          if (begins_.Has(half)) Guess(place, half);
        }
        if (i + 8 > bytes.size()) continue;
        const auto word = WordAt<uint64_t>(bytes, i);
        // Its lower half has been counted if it is aligned.
        if (begins_.Has(word) && place % 4 != 0) Guess(place, word);
        if (place % 4 == 0 && data.contains(word) && IsData(word)) {
          Guess(place, word);
        }
      }
    }
  }

  bool IsData(uint64_t address) const {
    auto it = std::upper_bound(
        objects_.begin(), objects_.end(), address,
        [](uint64_t a, const DataObject& o) { return a < o.range.begin; });
    if (it == objects_.begin()) return false;
    --it;
    // Or its end.
    return address <= it->range.end;
  }

  // Tables of offsets (LLVM's relative lookup tables, relative vtables) save
  // relocations, so they stand in data that is never written.
  void AddRelativeWords() {
    FindReferringObjects();
    for (const DataObject& object : objects_) {
      if (object.writable || image_.relro().contains(object.range.begin)) {
        continue;
      }
      AddRelativeWords(object);
    }
  }

  void FindReferringObjects() {
    std::vector<uint64_t> places;
    places.reserve(found_.size());
    for (const DataReference& reference : found_) {
      places.push_back(reference.place);
    }
    std::sort(places.begin(), places.end());
    auto place = places.begin();
    for (const DataObject& object : objects_) {
      while (place != places.end() && *place < object.range.begin) ++place;
      if (place == places.end()) break;
      if (!object.range.contains(*place)) continue;
      if (referring_.empty()) referring_hull_.begin = object.range.begin;
      referring_hull_.end = object.range.begin + 1;
      referring_.insert(object.range.begin);
    }
  }

  bool IsTarget(uint64_t address) const {
    return begins_.Has(address) ||
           (referring_hull_.contains(address) && referring_.contains(address));
  }

  void AddRelativeWords(const DataObject& object) {
    const absl::string_view bytes = BytesOf(object);
    const uint64_t begin = object.range.begin;
    for (uint64_t i = (4 - begin % 4) % 4; i + 4 <= bytes.size(); i += 4) {
      const int64_t offset = WordAt<int32_t>(bytes, i);
      if (offset == 0) continue;
      // From the word, from the table, from a vtable's address point.
      for (const uint64_t base : {begin + i, begin, begin + 8}) {
        if (IsTarget(base + offset)) Guess(begin + i, base + offset);
      }
    }
  }

  const Image& image_;
  const FunctionTable& functions_;
  absl::Span<const DataObject> objects_;
  CodeAddressSet begins_;
  absl::flat_hash_set<uint64_t> referring_;  // objects that refer to something
  AddressRange referring_hull_;
  std::vector<DataReference> found_;
};

}  // namespace

std::vector<DataReference> FindDataReferences(
    const Image& image, const FunctionTable& functions,
    absl::Span<const DataObject> objects) {
  return ReferenceFinder(image, functions, objects).Find();
}

}  // namespace chestnut::binalyzer
