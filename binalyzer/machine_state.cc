#include "binalyzer/machine_state.h"

#include <algorithm>

namespace chestnut::binalyzer {
namespace {

// More slots than this are forgotten, the ones furthest down first.
constexpr size_t kMaxSlots = 128;

constexpr Register kParameters[] = {kRdi, kRsi, kRdx, kRcx, kR8, kR9};
static_assert(std::size(kParameters) == kRegisterParameters);

ValueId Merge(ValuePool& pool, ValueId old, ValueId added, bool widen,
              uint64_t address) {
  const ValueId merged = pool.Join(old, added);
  if (merged == old || !widen) return merged;
  return pool.Unknown(UnknownReason::kLoop, address);
}

}  // namespace

MachineState UnknownState(ValuePool& pool, UnknownReason reason,
                          uint64_t address) {
  MachineState state;
  state.registers.fill(pool.Unknown(reason, address));
  state.reached = true;
  return state;
}

MachineState EntryState(ValuePool& pool, uint64_t address) {
  MachineState state = UnknownState(pool, UnknownReason::kEntry, address);
  for (uint32_t i = 0; i < std::size(kParameters); ++i) {
    state.registers[kParameters[i]] = pool.Parameter(i);
  }
  state.registers[kRsp] = pool.Stack(0);
  for (uint32_t i = 0; i < kStackParameters; ++i) {
    state.slots.push_back({.offset = StackParameterOffset(i),
                           .width = 8,
                           .value = pool.Parameter(kRegisterParameters + i)});
  }
  return state;
}

bool JoinInto(ValuePool& pool, const MachineState& from, bool widen,
              uint64_t address, MachineState& into) {
  if (!into.reached) {
    into = from;
    return true;
  }
  bool changed = false;
  for (int i = 0; i < kRegisterCount; ++i) {
    const ValueId merged =
        Merge(pool, into.registers[i], from.registers[i], widen, address);
    changed |= merged != into.registers[i];
    into.registers[i] = merged;
  }
  size_t kept = 0;
  auto other = from.slots.begin();
  for (StackSlot slot : into.slots) {
    while (other != from.slots.end() && other->offset < slot.offset) ++other;
    if (other == from.slots.end() || other->offset != slot.offset ||
        other->width != slot.width) {
      changed = true;
      continue;
    }
    const ValueId merged =
        Merge(pool, slot.value, other->value, widen, address);
    changed |= merged != slot.value;
    slot.value = merged;
    into.slots[kept++] = slot;
  }
  into.slots.resize(kept);
  return changed;
}

ValueId LoadSlot(ValuePool& pool, const MachineState& state, int64_t offset,
                 uint8_t width, uint64_t address) {
  for (const StackSlot& slot : state.slots) {
    if (slot.offset != offset || slot.width < width) continue;
    return pool.Extend(slot.value, width, /*is_signed=*/false);
  }
  return pool.Unknown(UnknownReason::kStackSlot, address);
}

void DropSlots(MachineState& state, int64_t begin, int64_t end) {
  std::erase_if(state.slots, [begin, end](const StackSlot& slot) {
    return slot.offset < end && slot.offset + slot.width > begin;
  });
}

void StoreSlot(MachineState& state, int64_t offset, uint8_t width,
               ValueId value) {
  DropSlots(state, offset, offset + width);
  auto at = std::lower_bound(
      state.slots.begin(), state.slots.end(), offset,
      [](const StackSlot& slot, int64_t o) { return slot.offset < o; });
  state.slots.insert(at, {offset, width, value});
  if (state.slots.size() > kMaxSlots) state.slots.erase(state.slots.begin());
}

}  // namespace chestnut::binalyzer
