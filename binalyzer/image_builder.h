// The parts of Image::Read; nobody else includes this.
#ifndef CHESTNUT_BINALYZER_IMAGE_BUILDER_H_
#define CHESTNUT_BINALYZER_IMAGE_BUILDER_H_

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "binalyzer/elf.h"
#include "binalyzer/image.h"

namespace chestnut::binalyzer {

// The structs of <elf.h> have the file's layout on a little-endian machine, the
// only one that x86-64 is. The caller has checked the bounds.
template <typename T>
T LoadAs(absl::string_view bytes, uint64_t index = 0) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

inline absl::Status ImageError(const ImageContents& image,
                               absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(image.file_name, ": ", what));
}

// `size` bytes of the file at the offset; false if they are beyond its end.
bool FileSlice(const ImageContents& image, uint64_t offset, uint64_t size,
               absl::string_view* out);
// What the file has of the memory at the address, to the segment's end.
absl::string_view MemoryFrom(const ImageContents& image, uint64_t address);
// Exactly `size` bytes; false if the file does not have them all.
bool MemorySlice(const ImageContents& image, uint64_t address, uint64_t size,
                 absl::string_view* out);
// A little-endian word of 4 or 8 bytes; zero-filled memory reads as 0, nullopt
// outside of the segments.
std::optional<uint64_t> MemoryWord(const ImageContents& image, uint64_t address,
                                   uint64_t size);
const ImageSegment* FindSegment(const ImageContents& image, uint64_t address);
// The zero-terminated string at `offset`; false if there is no end to it.
bool TableString(absl::string_view table, uint64_t offset,
                 absl::string_view* out);

// The first of exactly this address, or null; they must be sorted.
const ImageRelocation* FindRelocation(const ImageContents& image,
                                      uint64_t address);
RelocationKind KindOfRelocation(uint32_t type);
SymbolKind KindOfSymbol(uint8_t type);
SymbolBinding BindingOfSymbol(uint8_t binding);
// Everything that the fields themselves say; the address is the raw value.
void FillSymbol(uint64_t value, uint64_t size, uint8_t info, uint8_t other,
                ImageSymbol* symbol);
// Makes the raw value of a linked file's symbol what ImageSymbol wants, and
// keeps its size inside its segment. `defined` and `absolute` must be set.
void PlaceLinkedSymbol(const ImageContents& image, ImageSymbol* symbol);
// Splits name@version and name@@version, as assemblers and linkers write them
// into .symtab.
void SplitVersion(ImageSymbol* symbol);
std::optional<uint64_t> RelocationTarget(const ImageContents& image,
                                         const ImageRelocation& relocation);

// Linked files: program headers, then the sections' names if they are usable.
absl::Status ReadProgramHeaders(const Elf64_Ehdr& header, ImageContents* image);
// What PT_DYNAMIC leads to. `dynamic_symbols`: where the section headers say
// that the dynamic symbols are, empty if they don't.
absl::Status ReadDynamic(const AddressRange& dynamic,
                         const AddressRange& dynamic_symbols,
                         ImageContents* image);
// Where PT_DYNAMIC says the version tables are; 0 where there is none.
struct VersionTables {
  absl::string_view strings;
  uint64_t symbols = 0;  // their number
  uint64_t versym = 0;
  uint64_t verdef = 0;
  uint64_t verneed = 0;
};
absl::Status ReadVersions(const VersionTables& tables, ImageContents* image);
// .symtab of linked files, merged into the dynamic symbols.
void MergeSymbolTable(const ElfFile& elf, ImageContents* image);
// IRELATIVE relocations of static programs without PT_DYNAMIC.
absl::Status ReadStaticRelocations(const ElfFile* elf, ImageContents* image);
// What the loader, or a static program's start-up, calls; relocations must be
// sorted.
void ReadArrays(ImageContents* image);
// The pointers of one array, in order, null and -1 left out.
void ReadFunctionArray(const ImageContents& image, AddressRange range,
                       std::vector<StartupFunction>* out);
// By the GOT slots that code jumps through; relocations must be sorted.
void FindPltStubs(ImageContents* image);
// Everything of ET_REL.
absl::Status ReadRelocatable(const ElfFile& elf, ImageContents* image);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_IMAGE_BUILDER_H_
