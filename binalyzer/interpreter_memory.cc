// The part of the interpreter that knows where values are kept: registers, the
// frame, memory that nobody writes to.
#include <algorithm>
#include <cstring>

#include "binalyzer/interpreter.h"

namespace chestnut::binalyzer {
namespace {

constexpr int64_t kFarthest = int64_t{1} << 32;

}  // namespace

bool Interpreter::StackOffset(ValueId value, int64_t* offset) const {
  const ValueNode& node = pool_.node(value);
  if (node.form != ValueForm::kStack || node.number > kFarthest ||
      node.number < -kFarthest) {
    return false;
  }
  *offset = node.number;
  return true;
}

void Interpreter::Expose(ValueId value) {
  for (ValueId member : pool_.Members(value)) {
    const ValueNode* node = &pool_.node(member);
    while (node->form == ValueForm::kCast) node = &pool_.node(node->left);
    int64_t lowest = std::numeric_limits<int64_t>::min();
    if (node->form == ValueForm::kStack) {
      lowest = node->number;
    } else if (node->form != ValueForm::kBinary) {
      continue;
    } else {
      // Some computation with an address of the frame: all of it.
      const bool left = pool_.node(node->left).form == ValueForm::kStack;
      const bool right = pool_.node(node->right).form == ValueForm::kStack;
      if (!left && !right) continue;
    }
    if (lowest >= exposed_) continue;
    exposed_ = lowest;
    exposed_more_ = true;
  }
}

void Interpreter::ForgetExposed(MachineState& state) const {
  if (volatile_stack_) {
    state.slots.clear();
    return;
  }
  std::erase_if(state.slots, [this](const StackSlot& slot) {
    return slot.offset + slot.width > exposed_;
  });
}

ValueId Interpreter::AddressOf(const Instruction& instruction,
                               const MachineState& state) {
  const MemoryOperand& memory = instruction.memory;
  if (memory.untracked || memory.thread_local_segment) {
    return NotTracked(instruction);
  }
  if (memory.IsAddress()) {
    return pool_.Address(static_cast<uint64_t>(memory.displacement));
  }
  ValueId value = memory.base == kNoRegister ? pool_.Constant(0)
                                             : state.registers[memory.base];
  if (memory.index != kNoRegister) {
    ValueId index = state.registers[memory.index];
    if (memory.scale != 1) {
      const ValueId shift =
          pool_.Constant(memory.scale == 2 ? 1 : (memory.scale == 4 ? 2 : 3));
      index = pool_.Apply(Operation::kShiftLeft, index, shift, 8,
                          instruction.address);
    }
    value = pool_.Apply(Operation::kAdd, value, index, 8, instruction.address);
  }
  if (memory.displacement == 0) return value;
  return pool_.Apply(Operation::kAdd, value,
                     pool_.Constant(static_cast<uint64_t>(memory.displacement)),
                     8, instruction.address);
}

// Only what nobody writes to is known: GOT slots and read-only segments. Other
// relocated words, those in RELRO too, the program itself may have changed.
ValueId Interpreter::LoadAddress(uint64_t address, uint8_t width,
                                 uint64_t place) {
  if (width == 8) {
    const ImageRelocation* relocation = image_.RelocationAt(address);
    if (relocation != nullptr) {
      const bool slot = relocation->kind == RelocationKind::kGlobDat ||
                        relocation->kind == RelocationKind::kJumpSlot;
      if (slot && relocation->symbol != kNoSymbol) {
        return pool_.Symbol(relocation->symbol);
      }
      const bool got = image_.SectionNameAt(address) == ".got";
      if (got && relocation->kind == RelocationKind::kRelative) {
        return pool_.Address(static_cast<uint64_t>(relocation->addend));
      }
      return pool_.Unknown(UnknownReason::kGlobal, place);
    }
  }
  const ImageSegment* segment = image_.SegmentAt(address);
  if (segment == nullptr || segment->writable || width > 8 ||
      !image_.RelocationsIn(address, address + width).empty()) {
    return pool_.Unknown(UnknownReason::kGlobal, place);
  }
  const auto bytes = image_.BytesAt(address, width);
  if (!bytes.has_value()) return pool_.Unknown(UnknownReason::kGlobal, place);
  uint64_t bits = 0;
  std::memcpy(&bits, bytes->data(), width);
  return pool_.Constant(bits);
}

ValueId Interpreter::Load(const Instruction& instruction, uint8_t width,
                          const MachineState& state) {
  if (instruction.memory.thread_local_segment) {
    return pool_.Unknown(UnknownReason::kThreadLocal, instruction.address);
  }
  const ValueId address = AddressOf(instruction, state);
  const ValueNode& node = pool_.node(address);
  int64_t offset;
  if (StackOffset(address, &offset)) {
    if (volatile_stack_) {
      return pool_.Unknown(UnknownReason::kStackSlot, instruction.address);
    }
    return LoadSlot(pool_, state, offset, width, instruction.address);
  }
  if (node.form == ValueForm::kAddress) {
    return LoadAddress(static_cast<uint64_t>(node.number), width,
                       instruction.address);
  }
  return pool_.Unknown(UnknownReason::kMemory, instruction.address);
}

ValueId Interpreter::Read(const Instruction& instruction,
                          const InstructionOperand& operand, uint8_t width,
                          const MachineState& state) {
  switch (operand.kind) {
    case OperandKind::kRegister:
      return pool_.Extend(state.registers[operand.reg], width,
                          /*is_signed=*/false);
    case OperandKind::kMemory:
      return Load(instruction, width, state);
    case OperandKind::kImmediate:
      return pool_.Extend(
          pool_.Constant(static_cast<uint64_t>(instruction.immediate)), width,
          /*is_signed=*/false);
    case OperandKind::kNone:
      break;
  }
  return NotTracked(instruction);
}

ValueId Interpreter::StackArgument(const Instruction& instruction, uint32_t i,
                                   bool jumps, const MachineState& state) {
  int64_t top;
  if (!StackOffset(state.registers[kRsp], &top) || volatile_stack_) {
    return pool_.Unknown(UnknownReason::kStackSlot, instruction.address);
  }
  // A call is about to push the return address, a jump leaves it there.
  const int64_t offset = top + StackParameterOffset(i) - (jumps ? 0 : 8);
  return LoadSlot(pool_, state, offset, 8, instruction.address);
}

// What callers pass, and what the file holds, was there before the frame.
bool Interpreter::IsForeign(ValueId value) const {
  for (ValueId member : pool_.Members(value)) {
    const ValueNode* node = &pool_.node(member);
    while (node->form == ValueForm::kBinary &&
           (node->operation == Operation::kAdd ||
            node->operation == Operation::kSubtract) &&
           pool_.IsConstant(node->right)) {
      node = &pool_.node(node->left);
    }
    if (node->form != ValueForm::kParameter &&
        node->form != ValueForm::kAddress && node->form != ValueForm::kSymbol) {
      return false;
    }
  }
  return true;
}

void Interpreter::Store(const Instruction& instruction, uint8_t width,
                        ValueId value, MachineState& state) {
  Expose(value);
  if (instruction.memory.thread_local_segment) return;
  const ValueId address = AddressOf(instruction, state);
  const ValueNode& node = pool_.node(address);
  int64_t offset;
  if (StackOffset(address, &offset)) {
    if (width == 0 || width > 8) {
      DropSlots(state, offset, offset + std::max<int64_t>(width, 64));
    } else {
      StoreSlot(state, offset, width, value);
    }
    return;
  }
  if (IsForeign(address)) return;
  switch (node.form) {
    case ValueForm::kBinary:
    case ValueForm::kJoin:
    case ValueForm::kCast:
      // Maybe the frame with an index that is not known.
      state.slots.clear();
      return;
    default: {
      // The base register may still say that it is the frame.
      const MemoryOperand& memory = instruction.memory;
      const bool frame =
          memory.base != kNoRegister &&
          (memory.base == kRsp ||
           pool_.node(state.registers[memory.base]).form == ValueForm::kStack);
      if (frame) {
        state.slots.clear();
      } else {
        ForgetExposed(state);
      }
    }
  }
}

void Interpreter::WriteRegister(Register reg, uint8_t width, ValueId value,
                                uint64_t place, MachineState& state) {
  if (width < 4) {
    // The rest of the register stays.
    const ValueId old = state.registers[reg];
    const uint64_t mask = width == 1 ? 0xff : 0xffff;
    const ValueId kept =
        pool_.Apply(Operation::kAnd, old, pool_.Constant(~mask), 8, place);
    const ValueId low = pool_.Extend(value, width, /*is_signed=*/false);
    value = pool_.IsConstant(kept) && pool_.node(kept).number == 0
                ? low
                : pool_.Apply(Operation::kOr, kept, low, 8, place);
  } else if (width == 4) {
    value = pool_.Extend(value, 4, /*is_signed=*/false);
  }
  state.registers[reg] = value;
}

void Interpreter::Write(const Instruction& instruction,
                        const InstructionOperand& operand, uint8_t width,
                        ValueId value, MachineState& state) {
  if (operand.kind == OperandKind::kRegister) {
    if (operand.reg != kRsp && operand.reg != kRbp) Expose(value);
    WriteRegister(operand.reg, width, value, instruction.address, state);
  } else if (operand.kind == OperandKind::kMemory) {
    Store(instruction, width, value, state);
  }
}

void Interpreter::Push(const Instruction& instruction, uint8_t width,
                       ValueId value, MachineState& state) {
  Expose(value);
  state.registers[kRsp] =
      pool_.Apply(Operation::kSubtract, state.registers[kRsp],
                  pool_.Constant(width), 8, instruction.address);
  int64_t offset;
  if (StackOffset(state.registers[kRsp], &offset)) {
    StoreSlot(state, offset, width, value);
  }
}

ValueId Interpreter::Pop(const Instruction& instruction, uint8_t width,
                         MachineState& state) {
  int64_t offset;
  ValueId value =
      StackOffset(state.registers[kRsp], &offset) && !volatile_stack_
          ? LoadSlot(pool_, state, offset, width, instruction.address)
          : pool_.Unknown(UnknownReason::kStackSlot, instruction.address);
  state.registers[kRsp] =
      pool_.Apply(Operation::kAdd, state.registers[kRsp], pool_.Constant(width),
                  8, instruction.address);
  return value;
}

}  // namespace chestnut::binalyzer
