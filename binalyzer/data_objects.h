// Data split into objects, and what each refers to: an address counts only if
// the code or the object that holds it is live, so the smaller the objects, the
// more precise the analysis.
#ifndef CHESTNUT_BINALYZER_DATA_OBJECTS_H_
#define CHESTNUT_BINALYZER_DATA_OBJECTS_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "binalyzer/functions.h"
#include "binalyzer/image.h"

namespace chestnut::binalyzer {

struct DataObject {
  AddressRange range;
  // Of its symbols the one to show; empty and kNoSymbol if its borders are
  // inferred (or a symbol without size begins it: then it has a name).
  absl::string_view name;
  uint32_t symbol = kNoSymbol;
  absl::string_view section;  // empty if unknown
  bool inferred = false;      // its size is no symbol's
  // It begins where only code or data points to, and not aligned as compilers
  // align aggregates: maybe an element in the middle of an array (the second,
  // where a loop was peeled).
  bool soft_begin = false;
  bool writable = false;     // once relocated (not of PT_GNU_RELRO)
  bool zero_filled = false;  // nothing of it is in the file
  bool thread_local_image = false;
};

// A word of an object that refers to something.
struct DataReference {
  uint64_t place = 0;
  // In this image; 0 if only the symbol is known.
  uint64_t target = 0;
  // The relocation's; the loader may bind it to another module's definition.
  uint32_t symbol = kNoSymbol;
  bool by_resolver =
      false;            // the word is what the resolver at `target` returns
  bool copied = false;  // COPY: the object begins with a copy of symbol's
  // No relocation says so: the word has the value of an address, or as an
  // offset from itself or its object leads to one.
  bool guessed = false;
  // A relocation says that the word is an offset, of 4 bytes, from somewhere.
  bool relative = false;
};

class DataObjects {
 public:
  // `code_references`: addresses that instructions make values or index from
  // (lea, immediates, bases of arrays), in any order; those outside of data are
  // ignored. Leave out operands that read or write memory at a fixed address:
  // they touch nothing but their own word (ReferencesIn tells what it holds),
  // and it may be a field in the middle. `image` and `functions` must outlive
  // the result.
  //
  // Data is what is loaded and no code, without the GOT and the loader's
  // tables. Borders: symbols with their sizes; where no symbol says it,
  // sections and whatever code, relocations and symbols refer to. An address
  // inside of a symbol with size makes no border. Sections that a program walks
  // by __start_X and __stop_X are one object.
  static DataObjects Find(const Image& image, const FunctionTable& functions,
                          absl::Span<const uint64_t> code_references);

  // Sorted by address, disjoint.
  absl::Span<const DataObject> objects() const { return objects_; }
  // What a reference to the address may mean, as indices into objects(); empty
  // outside of data. The object that holds it; the one that ends there (a
  // pointer to the end of an array); and where the border behind is a guess
  // (DataObject::soft_begin), also what follows and refers to something.
  absl::InlinedVector<uint32_t, 4> ObjectsFor(uint64_t address) const;
  // The object that holds the address, or null.
  const DataObject* ObjectAt(uint64_t address) const;
  // What the words of objects()[object] refer to, sorted by place. Words
  // without relocation count where nothing relocates them (`guessed`): in an
  // executable with fixed addresses each word of 8 bytes that is the begin of a
  // function or an address of data, and of 4 bytes that is the begin of a
  // function; in any linked file's read-only data each word of 4 bytes that as
  // an offset from itself or from its object leads to a function's begin or to
  // the begin of an object that refers to something (relative lookup tables).
  // As begin of a function counts any address in code that only a gap covers.
  absl::Span<const DataReference> References(uint32_t object) const;

  // Those of all objects whose place is from `begin` to before `end`.
  absl::Span<const DataReference> ReferencesIn(uint64_t begin,
                                               uint64_t end) const;

  // The GOT's ranges (.got, .got.plt, ...), which are no objects: the
  // relocation of a slot says what it is. Sorted.
  absl::Span<const AddressRange> got() const { return got_; }

 private:
  friend class DataObjectFinder;

  static constexpr uint32_t kNoObject = std::numeric_limits<uint32_t>::max();

  // The index of the object that holds the address, or -1.
  int64_t IndexAt(uint64_t address) const;

  std::vector<DataObject> objects_;        // by address
  std::vector<DataReference> references_;  // by place
  // By object: the next one with references that it may be continued by.
  std::vector<uint32_t> continued_;
  std::vector<AddressRange> got_;
};

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_DATA_OBJECTS_H_
