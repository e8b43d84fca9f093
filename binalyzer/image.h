// A model of one x86-64 ELF file of any kind, as an analysis of its code wants
// it: one address space, symbols, relocations, PLT stubs, what the loader runs.
//
// Linked files are read by their program headers and PT_DYNAMIC, as the loader
// does; section headers only add names (they may be stripped or lie). Addresses
// are the file's own: of a position-independent file, relative to its base.
//
// A relocatable object is laid out as a linker would do it: its allocated
// sections at consecutive synthetic addresses from kRelocatableBase on, a GOT
// slot for each symbol that the code wants one of, a placeholder address for
// each undefined symbol; and its relocations are applied to a copy of its
// bytes. So a displacement or an address in its code means what it means in a
// linked file. Relocations stay visible by address, too.
//
// Rules from elsewhere: System V gABI (dynamic section, hash table, symbol
// versions as the LSB has them), the x86-64 psABI (relocations, PLT), the
// proposal for DT_RELR, glibc's elf.h for the constants.
#ifndef CHESTNUT_BINALYZER_IMAGE_H_
#define CHESTNUT_BINALYZER_IMAGE_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace chestnut::binalyzer {

enum class ImageKind {
  kExecutable,   // ET_EXEC: linked to a fixed address
  kShared,       // ET_DYN: shared object, PIE, static PIE, the loader itself
  kRelocatable,  // ET_REL
};

// No symbol: index of relocations and stubs that have none.
inline constexpr uint32_t kNoSymbol = std::numeric_limits<uint32_t>::max();
// Where the sections of a relocatable object begin.
inline constexpr uint64_t kRelocatableBase = 0x100000;

// Addresses from `begin` to before `end`.
struct AddressRange {
  uint64_t begin = 0;
  uint64_t end = 0;

  uint64_t size() const { return end - begin; }
  bool empty() const { return begin == end; }
  bool contains(uint64_t address) const {
    return begin <= address && address < end;
  }
  friend bool operator==(const AddressRange&, const AddressRange&) = default;
};

// A part of the address space: PT_LOAD, or in relocatable objects an allocated
// section. Segments do not overlap.
struct ImageSegment {
  uint64_t address = 0;
  uint64_t size = 0;  // in memory
  // What the file has of it, from `address` on; what follows is zero.
  absl::string_view bytes;
  bool readable = false;
  bool writable = false;
  bool executable = false;
  // Relocatable objects: the section; ".common", ".got" and ".extern" are ours:
  // common symbols, GOT slots, placeholders of undefined symbols. Else empty.
  absl::string_view name;

  uint64_t end() const { return address + size; }
  bool contains(uint64_t a) const { return a >= address && a - address < size; }
};

// An allocated section. Names and borders only; linked files may have none.
struct ImageSection {
  absl::string_view name;
  AddressRange range;
  uint32_t type = 0;   // SHT_*
  uint64_t flags = 0;  // SHF_*
};

enum class SymbolKind {
  kNone,  // STT_NOTYPE
  kObject,
  kFunction,
  kSection,
  kFile,
  kCommon,
  kThreadLocal,
  kIndirectFunction,  // the address is the resolver's
  kOther,
};
enum class SymbolBinding { kLocal, kGlobal, kWeak, kUnique, kOther };
enum class SymbolVisibility { kDefault, kInternal, kHidden, kProtected };

struct ImageSymbol {
  absl::string_view name;  // without the version
  // Of a thread-local symbol the place of its initial value, in linked files 0
  // if it begins as zero. Of an undefined
  // one: 0 in linked files (also where a non-PIE executable has the canonical
  // PLT stub as value: see plt_address), its placeholder in objects.
  uint64_t address = 0;
  uint64_t size = 0;
  SymbolKind kind = SymbolKind::kNone;
  SymbolBinding binding = SymbolBinding::kLocal;
  SymbolVisibility visibility = SymbolVisibility::kDefault;
  bool defined = false;
  bool absolute = false;  // defined as a number, not a place
  bool dynamic = false;   // in .dynsym
  // Others may bind to it: defined, in .dynsym, not local, default or
  // protected. In relocatable objects: defined and not local, whatever its
  // visibility, as the link sees it.
  bool exported = false;
  // Symbol version; empty if none. Of an undefined symbol the one it wants.
  absl::string_view version;
  // name@version, not name@@version: found only by those who ask for that
  // version.
  bool version_hidden = false;
  // Undefined symbols: the DT_NEEDED name that must define the version, or
  // empty.
  absl::string_view version_file;
  // Undefined function symbols of a non-PIE executable: the stub in its own PLT
  // that is the function's address for the whole program; else 0.
  uint64_t plt_address = 0;
};

enum class RelocationKind : uint8_t {
  kRelative,     // the word is base + addend (RELATIVE, DT_RELR)
  kAbsolute64,   // S + A in 8 bytes
  kAbsolute32,   // S + A in 4 bytes or fewer (32, 32S, 16, 8)
  kPcRelative,   // S + A - P, a reference (PC8..PC64, GOTPC, GOTOFF64)
  kPltRelative,  // S + A - P, a call or jump (PLT32)
  kGotRelative,  // of the GOT slot of S: reads the symbol's address (GOTPCREL*)
  kGlobDat,      // a GOT slot, the symbol's address
  kJumpSlot,     // a PLT's GOT slot, the symbol's address
  kCopy,         // the symbol's initial value is copied here
  kIndirectRelative,  // IRELATIVE: what the resolver at addend returns
  kThreadOffset,      // TPOFF64, TPOFF32, GOTTPOFF, DTPOFF*
  kThreadModule,      // DTPMOD64, TLSGD, TLSLD
  kThreadDescriptor,  // TLSDESC and its operands
  kSize,              // SIZE32, SIZE64
  kOther,             // none of these: treat as a reference
};

struct ImageRelocation {
  uint64_t address = 0;
  int64_t addend = 0;           // also for DT_RELR, read from the word
  uint32_t type = 0;            // R_X86_64_*
  uint32_t symbol = kNoSymbol;  // index into symbols()
  RelocationKind kind = RelocationKind::kOther;
};

enum class PltStubKind {
  kJump,        // jumps to what its GOT slot holds
  kLazyEntry,   // .plt under IBT: pushes an index, jumps to the header
  kLazyHeader,  // PLT0: jumps to the loader's resolver
};

struct PltStub {
  AddressRange range;
  PltStubKind kind = PltStubKind::kJump;
  uint64_t slot = 0;  // address of the GOT slot; of a header: GOT + 16
  uint32_t symbol = kNoSymbol;  // of the slot's relocation
  // Where the stub goes inside this file: the resolver whose result is the
  // target (slot with IRELATIVE), the defined symbol or RELATIVE target; else
  // 0.
  uint64_t target = 0;
  bool by_resolver = false;  // `target` is a resolver
};

// An entry of an init or fini array.
struct StartupFunction {
  uint64_t address = 0;         // 0 if only the symbol is known
  uint32_t symbol = kNoSymbol;  // if it is relocated by symbol
};

// What PT_DYNAMIC says to the loader.
struct DynamicInfo {
  bool present = false;
  absl::string_view soname;  // all empty where there is none
  absl::string_view rpath;
  absl::string_view runpath;
  std::vector<absl::string_view> needed;     // in order
  std::vector<absl::string_view> auxiliary;  // DT_AUXILIARY, DT_FILTER
  uint64_t flags = 0;    // DT_FLAGS (DF_*); DT_SYMBOLIC etc. are folded in
  uint64_t flags_1 = 0;  // DT_FLAGS_1 (DF_1_*)
  bool bind_now = false;
  bool symbolic = false;
  bool text_relocations = false;
  uint64_t got_plt = 0;  // DT_PLTGOT, 0 if none
};

// A version that the file defines, with those it inherits from.
struct VersionDefinition {
  absl::string_view name;
  std::vector<absl::string_view> parents;
  bool base = false;  // names the file, not a version
};

struct VersionNeed {
  absl::string_view file;
  absl::string_view version;
  bool weak = false;
};

// What PT_DYNAMIC says of start-up; 0 and empty where there is none.
struct StartupTags {
  uint64_t init = 0;
  uint64_t fini = 0;
  AddressRange preinit_array;
  AddressRange init_array;
  AddressRange fini_array;
};

// Everything that Image::Read finds; see the accessors of Image.
struct ImageContents {
  ImageKind kind = ImageKind::kShared;
  std::string file_name;
  absl::string_view file_bytes;
  uint64_t entry = 0;
  absl::string_view interpreter;
  std::string build_id;
  DynamicInfo dynamic;
  std::vector<ImageSegment> segments;
  std::vector<ImageSection> sections;
  std::vector<ImageSymbol> symbols;
  std::vector<uint32_t> externs;  // symbols with a placeholder, by address
  std::vector<ImageRelocation> relocations;
  std::vector<PltStub> plt;
  StartupTags startup;
  std::vector<StartupFunction> preinit;
  std::vector<StartupFunction> init;
  std::vector<StartupFunction> fini;
  std::vector<VersionDefinition> version_definitions;
  std::vector<VersionNeed> version_needs;
  AddressRange relro;
  AddressRange thread_local_image;
  AddressRange eh_frame_header;
  AddressRange eh_frame;
  bool executable_stack = false;
  std::vector<std::unique_ptr<char[]>> owned;  // relocated bytes of objects
};

class Image {
 public:
  // `bytes` must outlive the image, which keeps views into them. `name` is the
  // path, for errors and, by its last component, for ModuleName.
  // InvalidArgument with one line that begins with `name`: not ELF, another
  // machine, a core file, anything out of bounds. Memory is bounded by a small
  // multiple of the file's size whatever the file claims.
  static absl::StatusOr<Image> Read(absl::string_view bytes,
                                    absl::string_view name);

  Image(Image&&) = default;
  Image& operator=(Image&&) = default;

  ImageKind kind() const { return contents_.kind; }
  // As given to Read.
  absl::string_view file_name() const { return contents_.file_name; }
  absl::string_view file_bytes() const { return contents_.file_bytes; }
  // 0 if none. Of a linked file e_entry.
  uint64_t entry() const { return contents_.entry; }
  // PT_INTERP; empty for static programs and most libraries.
  absl::string_view interpreter() const { return contents_.interpreter; }
  // The soname, else the last component of the file's name.
  absl::string_view ModuleName() const;
  // Lower-case hexadecimal; empty if the file has none.
  absl::string_view build_id() const { return contents_.build_id; }
  // The build id, else "sha256:" and the digest of the whole file.
  std::string Identity() const;
  const DynamicInfo& dynamic() const { return contents_.dynamic; }

  // Sorted by address.
  absl::Span<const ImageSegment> segments() const { return contents_.segments; }
  // Sorted by address; empty if the section headers were stripped or unusable.
  absl::Span<const ImageSection> sections() const { return contents_.sections; }
  // Linked files: .dynsym in its order, then what .symtab has besides (without
  // file and section symbols). Objects: .symtab in its order.
  absl::Span<const ImageSymbol> symbols() const { return contents_.symbols; }
  // Sorted by address. Linked files: what the loader (or a static program's
  // start-up) applies. Objects: those of allocated sections, and one kGlobDat
  // for each slot of the synthetic GOT.
  absl::Span<const ImageRelocation> relocations() const {
    return contents_.relocations;
  }
  // Sorted by address.
  absl::Span<const PltStub> plt() const { return contents_.plt; }

  // In the order in which they run at start (fini: at exit, reversed order of
  // the array as the loader does); DT_INIT first, DT_FINI last. Objects: their
  // .preinit_array*, .init_array*, .ctors*, .fini_array*, .dtors* sections.
  absl::Span<const StartupFunction> preinit() const {
    return contents_.preinit;
  }
  absl::Span<const StartupFunction> init() const { return contents_.init; }
  absl::Span<const StartupFunction> fini() const { return contents_.fini; }

  absl::Span<const VersionDefinition> version_definitions() const {
    return contents_.version_definitions;
  }
  absl::Span<const VersionNeed> version_needs() const {
    return contents_.version_needs;
  }

  // Empty where there is none. relro: PT_GNU_RELRO, read-only once relocated.
  // thread_local_image: what the file has of PT_TLS.
  AddressRange relro() const { return contents_.relro; }
  AddressRange thread_local_image() const {
    return contents_.thread_local_image;
  }
  // PT_GNU_EH_FRAME (.eh_frame_hdr), and .eh_frame where a section header names
  // it. See eh_frame.h.
  AddressRange eh_frame_header() const { return contents_.eh_frame_header; }
  AddressRange eh_frame() const { return contents_.eh_frame; }
  bool executable_stack() const { return contents_.executable_stack; }

  // The segment that holds the address, or null.
  const ImageSegment* SegmentAt(uint64_t address) const;
  bool IsExecutable(uint64_t address) const;
  // The name of the section that holds the address; empty if unknown.
  absl::string_view SectionNameAt(uint64_t address) const;
  // `size` bytes as the file has them (objects: relocated); nullopt if a part
  // of them is not in the file. Of linked files relocations are not applied.
  std::optional<absl::string_view> BytesAt(uint64_t address,
                                           uint64_t size) const;
  // From the address to the end of what the file has of its segment; empty if
  // nothing.
  absl::string_view BytesFrom(uint64_t address) const;
  // Little-endian words of the file; nullopt as BytesAt. Zero-filled memory
  // (.bss) reads as 0.
  std::optional<uint64_t> Word64At(uint64_t address) const;
  std::optional<uint32_t> Word32At(uint64_t address) const;

  // Those from `begin` to before `end`.
  absl::Span<const ImageRelocation> RelocationsIn(uint64_t begin,
                                                  uint64_t end) const;
  // The (first) relocation of exactly this address, or null.
  const ImageRelocation* RelocationAt(uint64_t address) const;
  // The address in this file that the relocated word, operand or slot refers
  // to (S + A without - P; for kGotRelative S; of IRELATIVE the resolver).
  // nullopt: the symbol is undefined here, or it is no reference
  // (thread-local, size). A defined symbol may still be interposed: then the
  // relocation's symbol decides. kPcRelative and kPltRelative: S + A is where
  // the displacement points only if the instruction ends with it and A
  // contains its -4; use the (relocated) displacement instead.
  std::optional<uint64_t> TargetOf(const ImageRelocation& relocation) const;
  // What the pointer-sized word at the address holds when the program runs, as
  // far as the file tells: through its relocation, else the plain word.
  struct Pointer {
    uint64_t address = 0;         // 0: null, or only the symbol is known
    uint32_t symbol = kNoSymbol;  // of the relocation, if it has one
    bool relocated = false;
    bool by_resolver = false;  // `address` is a resolver, the word its result
  };
  std::optional<Pointer> PointerAt(uint64_t address) const;

  // The stub that begins at or spans the address, or null.
  const PltStub* PltStubAt(uint64_t address) const;
  // Relocatable objects: the undefined symbol whose placeholder is at or
  // spans the address; kNoSymbol if the address is none.
  uint32_t ExternAt(uint64_t address) const;

 private:
  explicit Image(ImageContents contents) : contents_(std::move(contents)) {}

  ImageContents contents_;
};

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_IMAGE_H_
