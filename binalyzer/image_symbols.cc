// Symbols of linked files, and .symtab merged into .dynsym.
#include <algorithm>
#include <tuple>

#include "absl/container/flat_hash_set.h"
#include "binalyzer/image_builder.h"

namespace chestnut::binalyzer {
namespace {

SymbolVisibility VisibilityOf(uint8_t other) {
  switch (ELF64_ST_VISIBILITY(other)) {
    case STV_INTERNAL:
      return SymbolVisibility::kInternal;
    case STV_HIDDEN:
      return SymbolVisibility::kHidden;
    case STV_PROTECTED:
      return SymbolVisibility::kProtected;
    default:
      return SymbolVisibility::kDefault;
  }
}

}  // namespace

SymbolKind KindOfSymbol(uint8_t type) {
  switch (type) {
    case STT_NOTYPE:
      return SymbolKind::kNone;
    case STT_OBJECT:
      return SymbolKind::kObject;
    case STT_FUNC:
      return SymbolKind::kFunction;
    case STT_SECTION:
      return SymbolKind::kSection;
    case STT_FILE:
      return SymbolKind::kFile;
    case STT_COMMON:
      return SymbolKind::kCommon;
    case STT_TLS:
      return SymbolKind::kThreadLocal;
    case STT_GNU_IFUNC:
      return SymbolKind::kIndirectFunction;
    default:
      return SymbolKind::kOther;
  }
}

SymbolBinding BindingOfSymbol(uint8_t binding) {
  switch (binding) {
    case STB_LOCAL:
      return SymbolBinding::kLocal;
    case STB_GLOBAL:
      return SymbolBinding::kGlobal;
    case STB_WEAK:
      return SymbolBinding::kWeak;
    case STB_GNU_UNIQUE:
      return SymbolBinding::kUnique;
    default:
      return SymbolBinding::kOther;
  }
}

void SplitVersion(ImageSymbol* symbol) {
  const size_t at = symbol->name.find('@');
  if (at == absl::string_view::npos || at == 0) return;
  absl::string_view version = symbol->name.substr(at + 1);
  // @@@ is the assembler's "as it turns out".
  symbol->version_hidden = symbol->defined && version.substr(0, 1) != "@";
  while (version.substr(0, 1) == "@") version.remove_prefix(1);
  symbol->version = version;
  symbol->name = symbol->name.substr(0, at);
}

void FillSymbol(uint64_t value, uint64_t size, uint8_t info, uint8_t other,
                ImageSymbol* symbol) {
  symbol->address = value;
  symbol->size = size;
  symbol->kind = KindOfSymbol(ELF64_ST_TYPE(info));
  symbol->binding = BindingOfSymbol(ELF64_ST_BIND(info));
  symbol->visibility = VisibilityOf(other);
}

void PlaceLinkedSymbol(const ImageContents& image, ImageSymbol* symbol) {
  if (!symbol->defined) {
    symbol->plt_address = symbol->address;
    symbol->address = 0;
    return;
  }
  if (symbol->absolute) return;
  if (symbol->kind == SymbolKind::kThreadLocal) {
    const AddressRange& initial = image.thread_local_image;
    symbol->address =
        symbol->address < initial.size() ? initial.begin + symbol->address : 0;
    return;
  }
  // `_end` and its like stand just behind a segment.
  const ImageSegment* segment = FindSegment(image, symbol->address);
  const uint64_t room =
      segment == nullptr ? 0 : segment->end() - symbol->address;
  symbol->size = std::min(symbol->size, room);
}

void MergeSymbolTable(const ElfFile& elf, ImageContents* image) {
  using Key = std::tuple<uint64_t, absl::string_view>;
  absl::flat_hash_set<Key> known;
  for (const ImageSymbol& symbol : image->symbols) {
    known.insert({symbol.address, symbol.name});
  }
  const uint32_t sections = elf.sections().size();
  for (const ElfSymbol& raw : elf.symbols()) {
    if (raw.type == STT_FILE || raw.type == STT_SECTION || raw.name.empty()) {
      continue;
    }
    ImageSymbol symbol;
    symbol.name = raw.name;
    FillSymbol(raw.value, raw.size, ELF64_ST_INFO(raw.binding, raw.type),
               raw.other, &symbol);
    symbol.defined = raw.defined();
    symbol.absolute = raw.section == ElfSymbol::kAbsolute;
    SplitVersion(&symbol);
    // A thread-local one of a section that is not loaded is no place.
    if (raw.section < sections && symbol.defined &&
        !elf.sections()[raw.section].allocated()) {
      continue;
    }
    PlaceLinkedSymbol(*image, &symbol);
    if (known.insert({symbol.address, symbol.name}).second) {
      image->symbols.push_back(symbol);
    }
  }
}

}  // namespace chestnut::binalyzer
