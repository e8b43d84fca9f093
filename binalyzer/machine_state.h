// What is known of the registers and the stack at a point of a function.
#ifndef CHESTNUT_BINALYZER_MACHINE_STATE_H_
#define CHESTNUT_BINALYZER_MACHINE_STATE_H_

#include <array>
#include <cstdint>
#include <vector>

#include "binalyzer/decode.h"
#include "binalyzer/value_pool.h"

namespace chestnut::binalyzer {

// Parameters that are followed: integers in registers, then those on the stack
// behind the return address (psABI 3.2.3). Nothing that leads to a system call
// takes more.
inline constexpr uint32_t kRegisterParameters = 6;
inline constexpr uint32_t kStackParameters = 2;
inline constexpr uint32_t kParameterCount =
    kRegisterParameters + kStackParameters;

// Where the i-th parameter on the stack lies, from the stack pointer at entry.
inline int64_t StackParameterOffset(uint32_t i) { return 8 + 8 * int64_t{i}; }

// Bytes on the stack that the function itself wrote, and its parameters there.
struct StackSlot {
  int64_t offset = 0;  // from the stack pointer at entry
  uint8_t width = 0;
  ValueId value = 0;

  friend bool operator==(const StackSlot&, const StackSlot&) = default;
};

struct MachineState {
  std::array<ValueId, kRegisterCount> registers{};
  std::vector<StackSlot> slots;  // by offset, without overlaps
  bool reached = false;

  friend bool operator==(const MachineState&, const MachineState&) = default;
};

// Everything unknown.
MachineState UnknownState(ValuePool& pool, UnknownReason reason,
                          uint64_t address);
// As the calling convention leaves it at the first instruction.
MachineState EntryState(ValuePool& pool, uint64_t address);

// Adds what `from` knows to `into`; true if that changed anything. `widen`:
// what changes becomes unknown, so that loops come to an end.
bool JoinInto(ValuePool& pool, const MachineState& from, bool widen,
              uint64_t address, MachineState& into);

// The value of the `width` bytes at the offset; unknown if not exactly a slot
// or the low part of one.
ValueId LoadSlot(ValuePool& pool, const MachineState& state, int64_t offset,
                 uint8_t width, uint64_t address);
void StoreSlot(MachineState& state, int64_t offset, uint8_t width,
               ValueId value);
// Forgets what overlaps these bytes.
void DropSlots(MachineState& state, int64_t begin, int64_t end);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_MACHINE_STATE_H_
