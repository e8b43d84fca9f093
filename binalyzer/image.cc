#include "binalyzer/image.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "binalyzer/elf.h"
#include "binalyzer/image_builder.h"
#include "support/digest.h"

namespace chestnut::binalyzer {
namespace {

constexpr auto kBefore = [](const auto& item, uint64_t address) {
  return item.address < address;
};

// Section headers are a convenience for tools; the loader never reads them. So
// unusable ones of a linked file count as absent.
void UseSections(const ElfFile& elf, ImageContents* image) {
  for (const ElfSection& section : elf.sections()) {
    // .tbss has no place of its own in the address space.
    const bool tbss =
        section.type == SHT_NOBITS && (section.flags & SHF_TLS) != 0;
    if (!section.allocated() || section.size == 0 || tbss) continue;
    const ImageSegment* segment = FindSegment(*image, section.address);
    if (segment == nullptr || section.size > segment->end() - section.address) {
      continue;
    }
    const AddressRange range = {section.address,
                                section.address + section.size};
    image->sections.push_back(
        {section.name, range, section.type, section.flags});
    absl::string_view bytes;
    if (section.name == ".eh_frame" &&
        MemorySlice(*image, range.begin, range.size(), &bytes)) {
      image->eh_frame = range;
    }
  }
  std::sort(image->sections.begin(), image->sections.end(),
            [](const ImageSection& a, const ImageSection& b) {
              return std::tuple(a.range.begin, a.range.end, a.name) <
                     std::tuple(b.range.begin, b.range.end, b.name);
            });
}

AddressRange DynamicSymbols(const ElfFile& elf) {
  for (const ElfSection& section : elf.sections()) {
    if (section.type == SHT_DYNSYM && section.bytes.size() == section.size) {
      return {section.address, section.address + section.size};
    }
  }
  return {};
}

AddressRange DynamicRange(const Elf64_Ehdr& header,
                          const ImageContents& image) {
  for (uint64_t i = 0; i < header.e_phnum; ++i) {
    const auto segment =
        LoadAs<Elf64_Phdr>(image.file_bytes.substr(header.e_phoff), i);
    if (segment.p_type == PT_DYNAMIC) {
      return {segment.p_vaddr, segment.p_vaddr + segment.p_memsz};
    }
  }
  return {};
}

void SortRelocations(ImageContents* image) {
  auto& all = image->relocations;
  auto key = [](const ImageRelocation& r) {
    return std::tuple(r.address, r.type, r.symbol, r.addend);
  };
  std::sort(all.begin(), all.end(),
            [&](const ImageRelocation& a, const ImageRelocation& b) {
              return key(a) < key(b);
            });
  // DT_RELA may span DT_JMPREL, too.
  all.erase(
      std::unique(all.begin(), all.end(),
                  [&](const ImageRelocation& a, const ImageRelocation& b) {
                    return key(a) == key(b);
                  }),
      all.end());
}

absl::Status ReadLinked(const Elf64_Ehdr& header, ImageContents* image) {
  image->entry = header.e_entry;
  if (absl::Status s = ReadProgramHeaders(header, image); !s.ok()) return s;
  const auto elf = ElfFile::Parse(image->file_bytes, image->file_name);
  AddressRange dynamic_symbols;
  if (elf.ok()) {
    UseSections(*elf, image);
    dynamic_symbols = DynamicSymbols(*elf);
  }
  const AddressRange dynamic = DynamicRange(header, *image);
  if (!dynamic.empty()) {
    absl::Status s = ReadDynamic(dynamic, dynamic_symbols, image);
    if (!s.ok()) return s;
  }
  if (elf.ok()) MergeSymbolTable(*elf, image);
  if (!image->dynamic.present) {
    absl::Status s = ReadStaticRelocations(elf.ok() ? &*elf : nullptr, image);
    if (!s.ok()) return s;
  }
  SortRelocations(image);
  FindPltStubs(image);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Image> Image::Read(absl::string_view bytes,
                                  absl::string_view name) {
  ImageContents image;
  image.file_name = std::string(name);
  image.file_bytes = bytes;
  if (absl::Status s = ElfFile::CheckHeader(bytes, name); !s.ok()) return s;
  const auto header = LoadAs<Elf64_Ehdr>(bytes);
  absl::Status status;
  switch (header.e_type) {
    case ET_REL: {
      image.kind = ImageKind::kRelocatable;
      auto elf = ElfFile::Parse(bytes, name);
      if (!elf.ok()) return elf.status();
      status = ReadRelocatable(*elf, &image);
      if (!status.ok()) return status;
      SortRelocations(&image);
      break;
    }
    case ET_EXEC:
    case ET_DYN:
      image.kind = header.e_type == ET_EXEC ? ImageKind::kExecutable
                                            : ImageKind::kShared;
      status = ReadLinked(header, &image);
      break;
    default:
      return ImageError(image, absl::StrCat("ELF file of type ", header.e_type,
                                            "; only objects, shared objects "
                                            "and executables are supported"));
  }
  if (!status.ok()) return status;
  ReadArrays(&image);
  return Image(std::move(image));
}

absl::string_view Image::ModuleName() const {
  if (!contents_.dynamic.soname.empty()) return contents_.dynamic.soname;
  absl::string_view name = contents_.file_name;
  const size_t slash = name.rfind('/');
  return slash == absl::string_view::npos ? name : name.substr(slash + 1);
}

std::string Image::Identity() const {
  if (!contents_.build_id.empty()) return contents_.build_id;
  return absl::StrCat("sha256:", support::Sha256Hex(contents_.file_bytes));
}

const ImageSegment* FindSegment(const ImageContents& image, uint64_t address) {
  auto it = std::upper_bound(
      image.segments.begin(), image.segments.end(), address,
      [](uint64_t a, const ImageSegment& s) { return a < s.address; });
  if (it == image.segments.begin()) return nullptr;
  --it;
  return it->contains(address) ? &*it : nullptr;
}

absl::string_view MemoryFrom(const ImageContents& image, uint64_t address) {
  const ImageSegment* segment = FindSegment(image, address);
  if (segment == nullptr) return {};
  const uint64_t offset = address - segment->address;
  if (offset >= segment->bytes.size()) return {};
  return segment->bytes.substr(offset);
}

bool MemorySlice(const ImageContents& image, uint64_t address, uint64_t size,
                 absl::string_view* out) {
  const absl::string_view all = MemoryFrom(image, address);
  if (size > all.size()) return false;
  *out = all.substr(0, size);
  return true;
}

const ImageSegment* Image::SegmentAt(uint64_t address) const {
  return FindSegment(contents_, address);
}

bool Image::IsExecutable(uint64_t address) const {
  const ImageSegment* segment = SegmentAt(address);
  return segment != nullptr && segment->executable;
}

absl::string_view Image::SectionNameAt(uint64_t address) const {
  const auto& all = contents_.sections;
  auto it = std::upper_bound(
      all.begin(), all.end(), address,
      [](uint64_t a, const ImageSection& s) { return a < s.range.begin; });
  if (it == all.begin()) return {};
  --it;
  return it->range.contains(address) ? it->name : absl::string_view();
}

std::optional<absl::string_view> Image::BytesAt(uint64_t address,
                                                uint64_t size) const {
  absl::string_view bytes;
  if (!MemorySlice(contents_, address, size, &bytes)) return std::nullopt;
  return bytes;
}

absl::string_view Image::BytesFrom(uint64_t address) const {
  return MemoryFrom(contents_, address);
}

std::optional<uint64_t> Image::Word64At(uint64_t address) const {
  return MemoryWord(contents_, address, 8);
}

std::optional<uint32_t> Image::Word32At(uint64_t address) const {
  const auto word = MemoryWord(contents_, address, 4);
  if (!word.has_value()) return std::nullopt;
  return static_cast<uint32_t>(*word);
}

std::optional<uint64_t> MemoryWord(const ImageContents& image, uint64_t address,
                                   uint64_t size) {
  const ImageSegment* segment = FindSegment(image, address);
  if (segment == nullptr || segment->end() - address < size) {
    return std::nullopt;
  }
  const absl::string_view bytes = MemoryFrom(image, address);
  uint64_t word = 0;
  // None of the bytes may be in the file.
  if (!bytes.empty()) {
    std::memcpy(&word, bytes.data(), std::min<uint64_t>(size, bytes.size()));
  }
  return word;
}

absl::Span<const ImageRelocation> Image::RelocationsIn(uint64_t begin,
                                                       uint64_t end) const {
  const auto& all = contents_.relocations;
  const auto first = std::lower_bound(all.begin(), all.end(), begin, kBefore);
  const auto last =
      std::lower_bound(first, all.end(), std::max(begin, end), kBefore);
  return absl::MakeConstSpan(all).subspan(first - all.begin(), last - first);
}

const ImageRelocation* Image::RelocationAt(uint64_t address) const {
  return FindRelocation(contents_, address);
}

const ImageRelocation* FindRelocation(const ImageContents& image,
                                      uint64_t address) {
  const auto& all = image.relocations;
  const auto it = std::lower_bound(all.begin(), all.end(), address, kBefore);
  return it != all.end() && it->address == address ? &*it : nullptr;
}

std::optional<uint64_t> Image::TargetOf(
    const ImageRelocation& relocation) const {
  return RelocationTarget(contents_, relocation);
}

std::optional<Image::Pointer> Image::PointerAt(uint64_t address) const {
  Pointer pointer;
  if (const ImageRelocation* relocation = RelocationAt(address)) {
    pointer.relocated = true;
    pointer.symbol = relocation->symbol;
    pointer.by_resolver = relocation->kind == RelocationKind::kIndirectRelative;
    pointer.address = TargetOf(*relocation).value_or(0);
    return pointer;
  }
  const auto word = Word64At(address);
  if (!word.has_value()) return std::nullopt;
  pointer.address = *word;
  return pointer;
}

const PltStub* Image::PltStubAt(uint64_t address) const {
  const auto& all = contents_.plt;
  auto it = std::upper_bound(
      all.begin(), all.end(), address,
      [](uint64_t a, const PltStub& s) { return a < s.range.begin; });
  if (it == all.begin()) return nullptr;
  --it;
  return it->range.contains(address) ? &*it : nullptr;
}

uint32_t Image::ExternAt(uint64_t address) const {
  if (kind() != ImageKind::kRelocatable) return kNoSymbol;
  const ImageSegment* segment = SegmentAt(address);
  if (segment == nullptr || segment->name != ".extern") return kNoSymbol;
  // Placeholders are in the order of the symbols.
  const auto& all = contents_.externs;
  auto it = std::upper_bound(all.begin(), all.end(), address,
                             [this](uint64_t a, uint32_t symbol) {
                               return a < contents_.symbols[symbol].address;
                             });
  return it == all.begin() ? kNoSymbol : *std::prev(it);
}

}  // namespace chestnut::binalyzer
