// What the instructions of a range of code refer to and where control goes from
// there, without following any value: every instruction counts, reached or not.
#ifndef CHESTNUT_BINALYZER_REFERENCE_SCAN_H_
#define CHESTNUT_BINALYZER_REFERENCE_SCAN_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "binalyzer/decode.h"
#include "binalyzer/image.h"

namespace chestnut::binalyzer {

enum class ReferenceKind : uint8_t {
  kCall,            // call of the address
  kJump,            // jump or conditional jump out of the range
  kCallThrough,     // call of what the word at the address holds
  kJumpThrough,     // jump to it
  kAddress,         // makes the address a value
  kLoad,            // reads a pointer-sized word there into a register
  kTest,            // compares what is there
  kAccess,          // reads or writes memory there in any other way
  kAddressOrNumber  // a number that is an address of the file, maybe by chance
};

struct CodeReference {
  uint64_t from = 0;  // the instruction
  uint64_t address = 0;
  // Relocatable objects: the symbol of the relocation, unless it is a section.
  uint32_t symbol = kNoSymbol;
  ReferenceKind kind = ReferenceKind::kAccess;
  // Not 0: only what is at the address or behind it is read, if nobody jumps
  // in between the instruction here and `from` (forward_reads.h).
  uint64_t guard = 0;
};

// An instruction after which control may not just go on.
struct Transfer {
  uint64_t from = 0;
  // Of direct ones; of indirect ones the word that holds where they go, if it
  // has a fixed address, else 0.
  uint64_t target = 0;
  uint32_t symbol = kNoSymbol;  // as in CodeReference
  uint8_t length = 0;
  Flow flow = Flow::kNext;

  uint64_t end() const { return from + length; }
};

struct SystemCallInstruction {
  uint64_t address = 0;
  Flow flow = Flow::kSyscall;
};

struct RangeScan {
  AddressRange range;
  std::vector<CodeReference> references;
  std::vector<Transfer> transfers;  // by address
  std::vector<SystemCallInstruction> sites;
  std::vector<uint64_t> undecoded;  // bytes that begin no instruction
  uint64_t instructions = 0;
  // Control goes on behind the end of the range: the last instruction is
  // neither padding nor one that ends there. A call that returns does, too.
  bool falls_through = false;
  bool ends_in_call = false;
  bool has_indirect_jump = false;
  // Of relocatable objects: it writes elsewhere than to its own frame, other
  // than numbers to places that it names.
  bool writes_through_pointers = false;
};

// `buffer` is scratch space, to be reused.
RangeScan ScanReferences(const Image& image, AddressRange range,
                         std::vector<Instruction>* buffer);

// The same of only those instructions that control can come to from one of
// `entries`, for bytes that may be data. An entry from which control can come
// to bytes that are no instruction is none, and what it leads to is left out.
RangeScan ScanReferencesFrom(const Image& image, AddressRange range,
                             absl::Span<const uint64_t> entries,
                             std::vector<Instruction>* buffer);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_REFERENCE_SCAN_H_
