// What relocation types mean, and those of static programs.
#include <algorithm>

#include "binalyzer/image_builder.h"

namespace chestnut::binalyzer {
namespace {

// Intel APX's and newer names that Debian 12's <elf.h> lacks.
constexpr uint32_t kCode4GotPcRelX = 43;
constexpr uint32_t kCode4GotTpOff = 44;
constexpr uint32_t kCode4GotPc32TlsDesc = 45;
constexpr uint32_t kCode5GotPcRelX = 46;
constexpr uint32_t kCode6GotTpOff = 50;

void AddStatic(const Elf64_Rela& raw, ImageContents* image) {
  if (FindSegment(*image, raw.r_offset) == nullptr) return;
  image->relocations.push_back({raw.r_offset, raw.r_addend,
                                static_cast<uint32_t>(ELF64_R_TYPE(raw.r_info)),
                                kNoSymbol, RelocationKind::kIndirectRelative});
}

// Without section headers only the start-up code knows where the table is. Its
// records are unmistakable: 24 bytes with a constant in the middle, the place
// writable, the resolver code. One too many would only add a reference.
void ScanForIndirect(ImageContents* image) {
  constexpr uint64_t kInfo = ELF64_R_INFO(0, R_X86_64_IRELATIVE);
  for (const ImageSegment& segment : image->segments) {
    if (segment.writable || segment.executable) continue;
    const absl::string_view bytes = segment.bytes;
    for (uint64_t at = 0; at + sizeof(Elf64_Rela) <= bytes.size(); at += 8) {
      const auto raw = LoadAs<Elf64_Rela>(bytes.substr(at));
      if (raw.r_info != kInfo) continue;
      const ImageSegment* place = FindSegment(*image, raw.r_offset);
      const ImageSegment* code =
          FindSegment(*image, static_cast<uint64_t>(raw.r_addend));
      if (place != nullptr && place->writable && code != nullptr &&
          code->executable) {
        AddStatic(raw, image);
      }
    }
  }
}

}  // namespace

RelocationKind KindOfRelocation(uint32_t type) {
  switch (type) {
    case R_X86_64_RELATIVE:
    case R_X86_64_RELATIVE64:
      return RelocationKind::kRelative;
    case R_X86_64_64:
      return RelocationKind::kAbsolute64;
    case R_X86_64_32:
    case R_X86_64_32S:
    case R_X86_64_16:
    case R_X86_64_8:
      return RelocationKind::kAbsolute32;
    case R_X86_64_PC8:
    case R_X86_64_PC16:
    case R_X86_64_PC32:
    case R_X86_64_PC64:
    case R_X86_64_GOTOFF64:
    case R_X86_64_GOTPC32:
    case R_X86_64_GOTPC64:
      return RelocationKind::kPcRelative;
    case R_X86_64_PLT32:
    case R_X86_64_PLTOFF64:
      return RelocationKind::kPltRelative;
    case R_X86_64_GOT32:
    case R_X86_64_GOT64:
    case R_X86_64_GOTPCREL:
    case R_X86_64_GOTPCREL64:
    case R_X86_64_GOTPLT64:
    case R_X86_64_GOTPCRELX:
    case R_X86_64_REX_GOTPCRELX:
    case kCode4GotPcRelX:
    case kCode5GotPcRelX:
      return RelocationKind::kGotRelative;
    case R_X86_64_GLOB_DAT:
      return RelocationKind::kGlobDat;
    case R_X86_64_JUMP_SLOT:
      return RelocationKind::kJumpSlot;
    case R_X86_64_COPY:
      return RelocationKind::kCopy;
    case R_X86_64_IRELATIVE:
      return RelocationKind::kIndirectRelative;
    case R_X86_64_TPOFF32:
    case R_X86_64_TPOFF64:
    case R_X86_64_DTPOFF32:
    case R_X86_64_DTPOFF64:
    case R_X86_64_GOTTPOFF:
    case kCode4GotTpOff:
    case kCode6GotTpOff:
      return RelocationKind::kThreadOffset;
    case R_X86_64_DTPMOD64:
    case R_X86_64_TLSGD:
    case R_X86_64_TLSLD:
      return RelocationKind::kThreadModule;
    case R_X86_64_TLSDESC:
    case R_X86_64_TLSDESC_CALL:
    case R_X86_64_GOTPC32_TLSDESC:
    case kCode4GotPc32TlsDesc:
      return RelocationKind::kThreadDescriptor;
    case R_X86_64_SIZE32:
    case R_X86_64_SIZE64:
      return RelocationKind::kSize;
    default:
      return RelocationKind::kOther;
  }
}

std::optional<uint64_t> RelocationTarget(const ImageContents& image,
                                         const ImageRelocation& relocation) {
  const auto addend = static_cast<uint64_t>(relocation.addend);
  uint64_t base = 0;
  if (relocation.symbol != kNoSymbol) {
    const ImageSymbol& symbol = image.symbols[relocation.symbol];
    if (!symbol.defined) return std::nullopt;
    base = symbol.address;
  }
  switch (relocation.kind) {
    case RelocationKind::kThreadOffset:
    case RelocationKind::kThreadModule:
    case RelocationKind::kThreadDescriptor:
    case RelocationKind::kSize:
      return std::nullopt;
    case RelocationKind::kGotRelative:
    case RelocationKind::kGlobDat:
    case RelocationKind::kJumpSlot:
    case RelocationKind::kCopy:
      // The addend belongs to the operand, or the psABI has none.
      if (relocation.symbol == kNoSymbol) return std::nullopt;
      return base;
    default:
      return base + addend;
  }
}

absl::Status ReadStaticRelocations(const ElfFile* elf, ImageContents* image) {
  const uint64_t limit = image->file_bytes.size() / sizeof(Elf64_Rela);
  if (elf != nullptr) {
    for (const ElfSection& section : elf->sections()) {
      if (section.type != SHT_RELA || !section.allocated()) continue;
      const uint64_t count = section.bytes.size() / sizeof(Elf64_Rela);
      // Hostile sections may share their bytes.
      if (count > limit - image->relocations.size()) {
        return ImageError(*image, "relocation sections overlap");
      }
      for (uint64_t i = 0; i < count; ++i) {
        const auto raw = LoadAs<Elf64_Rela>(section.bytes, i);
        if (ELF64_R_TYPE(raw.r_info) == R_X86_64_IRELATIVE) {
          AddStatic(raw, image);
        }
      }
    }
  }
  if (image->relocations.empty()) ScanForIndirect(image);
  return absl::OkStatus();
}

}  // namespace chestnut::binalyzer
