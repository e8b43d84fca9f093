// Abstract values of registers and stack slots: what is known of an integer or
// a pointer at a point of a function. Equal values have equal numbers.
#ifndef CHESTNUT_BINALYZER_VALUE_POOL_H_
#define CHESTNUT_BINALYZER_VALUE_POOL_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "binalyzer/decode.h"

namespace chestnut::binalyzer {

using ValueId = uint32_t;

enum class ValueForm : uint8_t {
  kUnknown,
  kConstant,
  kParameter,  // the i-th of the calling convention (machine_state.h)
  kStack,      // an address: the stack pointer at entry plus an offset
  kAddress,    // an address of this file
  kSymbol,     // the address of a symbol, read from its GOT slot
  kCast,       // the low `width` bytes of an operand, extended
  kBinary,     // operand (+) constant, or operand (+) operand
  kJoin,       // any of several
};

enum class UnknownReason : uint8_t {
  kNotTracked,
  kEntry,          // a register that carries no parameter
  kCallResult,     // what a call returned
  kCallClobbered,  // a register that calls do not preserve
  kSystemCall,     // what the kernel returned
  kMemory,         // read through a pointer that is not tracked
  kGlobal,         // read from writable memory
  kStackSlot,      // read from a stack slot that was not set, or was exposed
  kThreadLocal,
  kTooMany,        // too many values come together
  kLoop,           // it changes in a loop
  kIndirectJump,   // the code is reached by a jump with unknown target
  kLandingPad,     // the code is reached by an exception
  kEnteredInside,  // the code is reached from elsewhere, not by its entry
};

absl::string_view TextOf(UnknownReason reason);

struct ValueNode {
  ValueForm form = ValueForm::kUnknown;
  UnknownReason reason = UnknownReason::kNotTracked;
  Operation operation = Operation::kOther;  // of kBinary
  uint8_t width = 8;                        // of kCast, kBinary
  bool is_signed = false;                   // of kCast
  uint8_t depth = 0;
  // Constant; parameter; offset; address; symbol. Of kUnknown the instruction.
  int64_t number = 0;
  ValueId left = 0;   // operand of kCast, kBinary; first member of kJoin
  ValueId right = 0;  // operand of kBinary; number of members of kJoin

  friend bool operator==(const ValueNode&, const ValueNode&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const ValueNode& n) {
    return H::combine(std::move(h), n.form, n.reason, n.operation, n.width,
                      n.is_signed, n.number, n.left, n.right);
  }
};

class ValuePool {
 public:
  // More members than this are unknown.
  static constexpr size_t kMaxMembers = 32;
  // So are expressions nested deeper.
  static constexpr uint8_t kMaxDepth = 12;

  ValuePool();

  // Forgets all values but keeps the memory.
  void Clear();

  const ValueNode& node(ValueId id) const { return nodes_[id]; }
  bool IsUnknown(ValueId id) const {
    return nodes_[id].form == ValueForm::kUnknown;
  }
  bool IsConstant(ValueId id) const {
    return nodes_[id].form == ValueForm::kConstant;
  }
  // The values that a value may be: itself, or the members of a join.
  absl::Span<const ValueId> Members(const ValueId& id) const;

  ValueId Unknown(UnknownReason reason, uint64_t address);
  ValueId Constant(uint64_t bits);
  ValueId Parameter(uint32_t index);
  ValueId Stack(int64_t offset);
  ValueId Address(uint64_t address);
  ValueId Symbol(uint32_t symbol);

  // Either of two. Unknown if one is; `b` gives way.
  ValueId Join(ValueId a, ValueId b);
  // The low `width` bytes, extended to 64 bits.
  ValueId Extend(ValueId value, uint8_t width, bool is_signed);
  // kAdd to kShiftRightArithmetic on `width` bytes; zero-extended.
  ValueId Apply(Operation operation, ValueId a, ValueId b, uint8_t width,
                uint64_t address);

 private:
  using Set = std::vector<ValueId>;

  ValueId Intern(const ValueNode& node);
  ValueId InternJoin(Set& members);
  ValueId ApplyOne(Operation operation, ValueId a, ValueId b, uint8_t width,
                   uint64_t address);
  ValueId ExtendOne(ValueId value, uint8_t width, bool is_signed);

  std::vector<ValueNode> nodes_;
  std::vector<ValueId> members_;  // of joins
  absl::flat_hash_map<ValueNode, ValueId> ids_;
  absl::flat_hash_map<Set, ValueId> joins_;
};

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_VALUE_POOL_H_
