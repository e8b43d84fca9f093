// PT_DYNAMIC and the tables that it leads to, as the loader reads them.
#include <algorithm>
#include <array>
#include <utility>

#include "binalyzer/image_builder.h"

namespace chestnut::binalyzer {
namespace {

// Tags up to DT_RELR and those of interest above, as an array and a list.
constexpr uint64_t kLowTags = 64;

class DynamicReader {
 public:
  DynamicReader(const AddressRange& dynamic_symbols, ImageContents* image)
      : claimed_symbols_(dynamic_symbols), image_(*image) {}

  absl::Status Read(const AddressRange& range) {
    image_.dynamic.present = true;
    if (absl::Status s = ReadTags(range); !s.ok()) return s;
    for (auto step :
         {&DynamicReader::ReadStrings, &DynamicReader::ReadRelocationTables,
          &DynamicReader::ReadSymbols, &DynamicReader::CheckRelocations}) {
      if (absl::Status s = (this->*step)(); !s.ok()) return s;
    }
    return ReadVersions({.strings = strings_,
                         .symbols = symbol_count_,
                         .versym = high_[kVersym],
                         .verdef = high_[kVerdef],
                         .verneed = high_[kVerneed]},
                        &image_);
  }

 private:
  enum High { kVersym, kVerdef, kVerneed, kGnuHash, kFlags1, kHighTags };

  absl::Status Error(absl::string_view what) const {
    return ImageError(image_, what);
  }
  uint64_t Tag(uint64_t tag) const { return low_[tag]; }

  absl::Status ReadTags(const AddressRange& range) {
    absl::string_view bytes = MemoryFrom(image_, range.begin);
    bytes = bytes.substr(0, range.size());
    if (bytes.size() < sizeof(Elf64_Dyn)) {
      return Error("dynamic section outside of the segments");
    }
    const uint64_t count = bytes.size() / sizeof(Elf64_Dyn);
    for (uint64_t i = 0; i < count; ++i) {
      const auto entry = LoadAs<Elf64_Dyn>(bytes, i);
      if (entry.d_tag == DT_NULL) break;
      ReadTag(static_cast<uint64_t>(entry.d_tag), entry.d_un.d_val);
    }
    return absl::OkStatus();
  }

  void ReadTag(uint64_t tag, uint64_t value) {
    switch (tag) {
      case DT_NEEDED:
      case DT_AUXILIARY:
      case DT_FILTER:
        names_.emplace_back(tag, value);
        return;
      case DT_VERSYM:
        high_[kVersym] = value;
        return;
      case DT_VERDEF:
        high_[kVerdef] = value;
        return;
      case DT_VERNEED:
        high_[kVerneed] = value;
        return;
      case DT_GNU_HASH:
        high_[kGnuHash] = value;
        return;
      case DT_FLAGS_1:
        high_[kFlags1] = value;
        return;
      case DT_SYMBOLIC:
        image_.dynamic.flags |= DF_SYMBOLIC;
        return;
      case DT_TEXTREL:
        image_.dynamic.flags |= DF_TEXTREL;
        return;
      case DT_BIND_NOW:
        image_.dynamic.flags |= DF_BIND_NOW;
        return;
      case DT_FLAGS:
        image_.dynamic.flags |= value;
        return;
      default:
        if (tag < kLowTags) low_[tag] = value;
    }
  }

  absl::Status ReadString(uint64_t tag, uint64_t offset,
                          absl::string_view* out) const {
    if (!TableString(strings_, offset, out)) {
      return Error(absl::StrCat("dynamic tag ", tag, " has no valid name"));
    }
    return absl::OkStatus();
  }

  absl::Status ReadStrings() {
    DynamicInfo& info = image_.dynamic;
    info.flags_1 = high_[kFlags1];
    info.bind_now =
        (info.flags & DF_BIND_NOW) != 0 || (info.flags_1 & DF_1_NOW) != 0;
    info.symbolic = (info.flags & DF_SYMBOLIC) != 0;
    info.text_relocations = (info.flags & DF_TEXTREL) != 0;
    info.got_plt = Tag(DT_PLTGOT);
    if (Tag(DT_STRTAB) != 0 &&
        !MemorySlice(image_, Tag(DT_STRTAB), Tag(DT_STRSZ), &strings_)) {
      return Error("dynamic strings outside of the segments");
    }
    for (const auto& [tag, offset] : names_) {
      absl::string_view name;
      if (absl::Status s = ReadString(tag, offset, &name); !s.ok()) return s;
      (tag == DT_NEEDED ? info.needed : info.auxiliary).push_back(name);
    }
    for (auto [tag, out] :
         {std::pair(DT_SONAME, &info.soname), std::pair(DT_RPATH, &info.rpath),
          std::pair(DT_RUNPATH, &info.runpath)}) {
      if (Tag(tag) == 0) continue;
      if (absl::Status s = ReadString(tag, Tag(tag), out); !s.ok()) return s;
    }
    return absl::OkStatus();
  }

  absl::Status ReadRelocationTables() {
    if (Tag(DT_REL) != 0) return Error("REL relocations, not of x86-64");
    if (Tag(DT_RELA) != 0 && Tag(DT_RELAENT) != sizeof(Elf64_Rela)) {
      return Error("relocations of unknown size");
    }
    if (Tag(DT_JMPREL) != 0 && Tag(DT_PLTREL) != DT_RELA) {
      return Error("PLT relocations of unknown kind");
    }
    for (auto [table, size] :
         {std::pair(DT_RELA, DT_RELASZ), std::pair(DT_JMPREL, DT_PLTRELSZ)}) {
      if (Tag(table) == 0 || Tag(size) == 0) continue;
      absl::Status s = ReadRela(Tag(table), Tag(size));
      if (!s.ok()) return s;
    }
    if (Tag(DT_RELR) == 0 || Tag(DT_RELRSZ) == 0) return absl::OkStatus();
    return ReadRelr();
  }

  absl::Status ReadRela(uint64_t address, uint64_t size) {
    absl::string_view bytes;
    if (!MemorySlice(image_, address, size, &bytes)) {
      return Error("relocations outside of the segments");
    }
    auto& out = image_.relocations;
    const uint64_t count = size / sizeof(Elf64_Rela);
    out.reserve(out.size() + count);
    for (uint64_t i = 0; i < count; ++i) {
      const auto raw = LoadAs<Elf64_Rela>(bytes, i);
      const auto type = static_cast<uint32_t>(ELF64_R_TYPE(raw.r_info));
      const auto symbol = static_cast<uint32_t>(ELF64_R_SYM(raw.r_info));
      if (type == R_X86_64_NONE) continue;
      largest_symbol_ = std::max(largest_symbol_, symbol);
      out.push_back({raw.r_offset, raw.r_addend, type,
                     symbol == 0 ? kNoSymbol : symbol, KindOfRelocation(type)});
    }
    return absl::OkStatus();
  }

  absl::Status AddRelative(uint64_t address) {
    // A word is relocated once; so a table cannot make more than fit.
    if (relr_count_++ > image_.file_bytes.size() / 8) {
      return Error("more relative relocations than words");
    }
    const auto word = MemoryWord(image_, address, 8);
    if (!word.has_value()) {
      return Error("relative relocation outside of the segments");
    }
    image_.relocations.push_back({address, static_cast<int64_t>(*word),
                                  R_X86_64_RELATIVE, kNoSymbol,
                                  RelocationKind::kRelative});
    return absl::OkStatus();
  }

  // An even entry is the address of a word; an odd one a bitmap of the 63
  // words behind the last one.
  absl::Status ReadRelr() {
    absl::string_view bytes;
    if (!MemorySlice(image_, Tag(DT_RELR), Tag(DT_RELRSZ), &bytes)) {
      return Error("relative relocations outside of the segments");
    }
    uint64_t next = 0;
    for (uint64_t i = 0; i < bytes.size() / 8; ++i) {
      const auto entry = LoadAs<uint64_t>(bytes, i);
      if ((entry & 1) == 0) {
        if (absl::Status s = AddRelative(entry); !s.ok()) return s;
        next = entry + 8;
        continue;
      }
      for (uint64_t bit = 1; bit < 64; ++bit) {
        if ((entry >> bit & 1) == 0) continue;
        absl::Status s = AddRelative(next + (bit - 1) * 8);
        if (!s.ok()) return s;
      }
      next += uint64_t{63} * 8;
    }
    return absl::OkStatus();
  }

  // No tag says how many symbols there are. The hash tables know those that
  // can be found, relocations those that are used.
  absl::Status CountSymbols() {
    const uint64_t limit =
        MemoryFrom(image_, Tag(DT_SYMTAB)).size() / sizeof(Elf64_Sym);
    uint64_t count = largest_symbol_ != 0 ? uint64_t{largest_symbol_} + 1 : 0;
    if (Tag(DT_HASH) != 0) {
      const auto chains = MemoryWord(image_, Tag(DT_HASH) + 4, 4);
      if (!chains.has_value()) return Error("hash table outside of segments");
      count = std::max(count, *chains);
    }
    if (high_[kGnuHash] != 0) {
      uint64_t hashed = 0;
      if (!CountGnuHash(&hashed)) return Error("broken GNU hash table");
      count = std::max(count, hashed);
    }
    if (count > limit) {
      return Error(absl::StrCat(count, " dynamic symbols, room for ", limit));
    }
    // Section headers may lie, and what they add nobody can bind to.
    const uint64_t claimed = claimed_symbols_.size() / sizeof(Elf64_Sym);
    if (claimed_symbols_.begin == Tag(DT_SYMTAB) && claimed <= limit) {
      count = std::max(count, claimed);
    }
    symbol_count_ = count;
    return absl::OkStatus();
  }

  bool CountGnuHash(uint64_t* count) const {
    const absl::string_view all = MemoryFrom(image_, high_[kGnuHash]);
    if (all.size() < 16) return false;
    const uint64_t buckets = LoadAs<uint32_t>(all, 0);
    const uint64_t first = LoadAs<uint32_t>(all, 1);
    const uint64_t bloom = LoadAs<uint32_t>(all, 2);
    const uint64_t chains = 16 + bloom * 8 + buckets * 4;
    if (chains > all.size()) return false;
    uint64_t last = 0;
    for (uint64_t i = 0; i < buckets; ++i) {
      const uint64_t bucket = LoadAs<uint32_t>(all.substr(16 + bloom * 8), i);
      last = std::max(last, bucket);
    }
    *count = first;
    if (last == 0) return true;  // nothing exported
    if (last < first) return false;
    const uint64_t words = (all.size() - chains) / 4;
    for (uint64_t i = last - first; i < words; ++i) {
      if ((LoadAs<uint32_t>(all.substr(chains), i) & 1) == 0) continue;
      *count = first + i + 1;
      return true;
    }
    return false;
  }

  absl::Status ReadSymbols() {
    if (Tag(DT_SYMTAB) == 0) {
      return largest_symbol_ == 0 ? absl::OkStatus()
                                  : Error("relocations without symbols");
    }
    if (Tag(DT_SYMENT) != 0 && Tag(DT_SYMENT) != sizeof(Elf64_Sym)) {
      return Error("dynamic symbols of unknown size");
    }
    if (absl::Status s = CountSymbols(); !s.ok()) return s;
    const absl::string_view bytes = MemoryFrom(image_, Tag(DT_SYMTAB));
    image_.symbols.resize(symbol_count_);
    for (uint64_t i = 0; i < symbol_count_; ++i) {
      const auto raw = LoadAs<Elf64_Sym>(bytes, i);
      ImageSymbol& symbol = image_.symbols[i];
      if (raw.st_name != 0 &&
          !TableString(strings_, raw.st_name, &symbol.name)) {
        return Error(absl::StrCat("dynamic symbol ", i, " has no valid name"));
      }
      FillDynamic(raw, &symbol);
    }
    return absl::OkStatus();
  }

  void FillDynamic(const Elf64_Sym& raw, ImageSymbol* symbol) const {
    FillSymbol(raw.st_value, raw.st_size, raw.st_info, raw.st_other, symbol);
    symbol->dynamic = true;
    symbol->defined = raw.st_shndx != SHN_UNDEF;
    symbol->absolute = raw.st_shndx == SHN_ABS;
    symbol->exported = symbol->defined &&
                       symbol->binding != SymbolBinding::kLocal &&
                       (symbol->visibility == SymbolVisibility::kDefault ||
                        symbol->visibility == SymbolVisibility::kProtected);
    PlaceLinkedSymbol(image_, symbol);
  }

  absl::Status CheckRelocations() {
    for (const ImageRelocation& relocation : image_.relocations) {
      if (relocation.symbol != kNoSymbol &&
          relocation.symbol >= image_.symbols.size()) {
        return Error(absl::StrCat("relocation with symbol ", relocation.symbol,
                                  ", which there is not"));
      }
      if (FindSegment(image_, relocation.address) == nullptr) {
        return Error("relocation outside of the segments");
      }
    }
    return ReadStartup();
  }

  absl::Status ReadStartup() {
    StartupTags& tags = image_.startup;
    tags.init = Tag(DT_INIT);
    tags.fini = Tag(DT_FINI);
    auto array = [this](uint64_t begin, uint64_t size, AddressRange* out) {
      if (begin == 0 || size == 0) return true;
      const ImageSegment* segment = FindSegment(image_, begin);
      if (segment == nullptr || segment->end() - begin < size) return false;
      *out = {begin, begin + size};
      return true;
    };
    if (!array(Tag(DT_INIT_ARRAY), Tag(DT_INIT_ARRAYSZ), &tags.init_array) ||
        !array(Tag(DT_FINI_ARRAY), Tag(DT_FINI_ARRAYSZ), &tags.fini_array) ||
        !array(Tag(DT_PREINIT_ARRAY), Tag(DT_PREINIT_ARRAYSZ),
               &tags.preinit_array)) {
      return Error("array of functions outside of the segments");
    }
    return absl::OkStatus();
  }

  AddressRange claimed_symbols_;
  ImageContents& image_;
  std::array<uint64_t, kLowTags> low_ = {};
  std::array<uint64_t, kHighTags> high_ = {};
  std::vector<std::pair<uint64_t, uint64_t>> names_;
  absl::string_view strings_;
  uint32_t largest_symbol_ = 0;
  uint64_t symbol_count_ = 0;
  uint64_t relr_count_ = 0;
};

}  // namespace

absl::Status ReadDynamic(const AddressRange& dynamic,
                         const AddressRange& dynamic_symbols,
                         ImageContents* image) {
  return DynamicReader(dynamic_symbols, image).Read(dynamic);
}

}  // namespace chestnut::binalyzer
