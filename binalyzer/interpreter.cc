#include "binalyzer/interpreter.h"

#include <limits>

namespace chestnut::binalyzer {
namespace {

constexpr Register kCallClobbered[] = {kRcx, kRdx, kRsi, kRdi,
                                       kR8,  kR9,  kR10, kR11};

}  // namespace

void Interpreter::Begin(bool volatile_stack) {
  exposed_ = std::numeric_limits<int64_t>::max();
  exposed_more_ = false;
  volatile_stack_ = volatile_stack;
}

ValueId Interpreter::NotTracked(const Instruction& instruction) {
  return pool_.Unknown(UnknownReason::kNotTracked, instruction.address);
}

void Interpreter::StepArithmetic(const Instruction& instruction,
                                 MachineState& state) {
  const uint8_t width = instruction.width;
  const InstructionOperand& destination = instruction.destination;
  const InstructionOperand& source = instruction.source;
  const Operation operation = instruction.operation;
  ValueId result;
  const bool same = source.kind == OperandKind::kRegister &&
                    destination.kind == OperandKind::kRegister &&
                    source.reg == destination.reg;
  if (same &&
      (operation == Operation::kXor || operation == Operation::kSubtract)) {
    result = pool_.Constant(0);
  } else {
    const ValueId left = Read(instruction, destination, width, state);
    ValueId right;
    switch (operation) {
      case Operation::kIncrement:
      case Operation::kDecrement:
        right = pool_.Constant(1);
        break;
      case Operation::kNot:
        right = pool_.Constant(~uint64_t{0});
        break;
      default:
        right = Read(instruction, source, width, state);
    }
    const Operation applied =
        operation == Operation::kIncrement   ? Operation::kAdd
        : operation == Operation::kDecrement ? Operation::kSubtract
        : operation == Operation::kNot       ? Operation::kXor
                                             : operation;
    result =
        operation == Operation::kNegate
            ? pool_.Apply(Operation::kSubtract, pool_.Constant(0), left, width,
                          instruction.address)
            : pool_.Apply(applied, left, right, width, instruction.address);
  }
  Write(instruction, destination, width, result, state);
}

void Interpreter::StepMove(const Instruction& instruction,
                           MachineState& state) {
  const uint8_t width = instruction.width;
  const InstructionOperand& destination = instruction.destination;
  const InstructionOperand& source = instruction.source;
  switch (instruction.operation) {
    case Operation::kMove:
      Write(instruction, destination, width,
            Read(instruction, source, width, state), state);
      break;
    case Operation::kMoveZeroExtended:
      Write(instruction, destination, width,
            Read(instruction, source, instruction.source_width, state), state);
      break;
    case Operation::kMoveSignExtended: {
      const ValueId value =
          Read(instruction, source, instruction.source_width, state);
      Write(instruction, destination, width,
            pool_.Extend(value, instruction.source_width, /*is_signed=*/true),
            state);
      break;
    }
    case Operation::kConditionalMove: {
      const ValueId moved = Read(instruction, source, width, state);
      const ValueId kept = Read(instruction, destination, width, state);
      Write(instruction, destination, width, pool_.Join(kept, moved), state);
      break;
    }
    case Operation::kAddressOf:
      Write(instruction, destination, width, AddressOf(instruction, state),
            state);
      break;
    case Operation::kExchange: {
      const ValueId left = Read(instruction, destination, width, state);
      const ValueId right = Read(instruction, source, width, state);
      Write(instruction, source, width, left, state);
      Write(instruction, destination, width, right, state);
      break;
    }
    default:  // kSetFromFlags
      Write(instruction, destination, 1,
            pool_.Join(pool_.Constant(0), pool_.Constant(1)), state);
  }
}

void Interpreter::StepStack(const Instruction& instruction,
                            MachineState& state) {
  switch (instruction.operation) {
    case Operation::kPush:
      Push(instruction, instruction.width,
           Read(instruction, instruction.source, instruction.width, state),
           state);
      break;
    case Operation::kPop: {
      const ValueId value = Pop(instruction, instruction.width, state);
      Write(instruction, instruction.destination, instruction.width, value,
            state);
      break;
    }
    default:  // kLeave
      state.registers[kRsp] = state.registers[kRbp];
      state.registers[kRbp] = Pop(instruction, 8, state);
  }
}

void Interpreter::StepOther(const Instruction& instruction,
                            MachineState& state) {
  const auto bytes = image_.BytesAt(instruction.address, instruction.length);
  const InstructionEffects effects =
      bytes.has_value()
          ? EffectsOf(*bytes)
          : InstructionEffects{.written = 0xffff, .writes_memory = true};
  const ValueId unknown = NotTracked(instruction);
  if (effects.writes_memory) {
    if (effects.memory_width != 0 && effects.memory_width <= 64) {
      Store(instruction, static_cast<uint8_t>(effects.memory_width), unknown,
            state);
    } else {
      // Wherever: a string instruction's register, or a large save area.
      state.slots.clear();
    }
  }
  for (int i = 0; i < kRegisterCount; ++i) {
    if ((effects.written >> i & 1) != 0) state.registers[i] = unknown;
  }
}

void Interpreter::StepCall(const Instruction& instruction,
                           MachineState& state) {
  ForgetExposed(state);
  int64_t top;
  if (StackOffset(state.registers[kRsp], &top)) {
    DropSlots(state, std::numeric_limits<int64_t>::min(), top);
  } else {
    state.slots.clear();
  }
  state.registers[kRax] =
      pool_.Unknown(UnknownReason::kCallResult, instruction.address);
  const ValueId unknown =
      pool_.Unknown(UnknownReason::kCallClobbered, instruction.address);
  for (Register reg : kCallClobbered) state.registers[reg] = unknown;
}

// A child may go on with another stack, or with this one before its parent
// does.
bool Interpreter::MayFork(ValueId number) const {
  constexpr int kClone = 56;
  constexpr int kVfork = 58;
  constexpr int kClone3 = 435;
  for (ValueId member : pool_.Members(number)) {
    const ValueNode& node = pool_.node(member);
    if (node.form != ValueForm::kConstant) return true;
    const auto call = static_cast<int32_t>(node.number);
    if (call == kClone || call == kVfork || call == kClone3) return true;
  }
  return false;
}

void Interpreter::StepSystemCall(const Instruction& instruction,
                                 MachineState& state) {
  if (MayFork(state.registers[kRax])) {
    state.slots.clear();
  } else {
    ForgetExposed(state);
  }
  const ValueId unknown =
      pool_.Unknown(UnknownReason::kSystemCall, instruction.address);
  state.registers[kRax] = unknown;
  if (instruction.flow == Flow::kInt80) return;
  state.registers[kRcx] = unknown;
  state.registers[kR11] = unknown;
}

void Interpreter::Step(const Instruction& instruction, MachineState& state) {
  switch (instruction.flow) {
    case Flow::kCall:
    case Flow::kIndirectCall:
      StepCall(instruction, state);
      return;
    case Flow::kSyscall:
    case Flow::kSysenter:
    case Flow::kInt80:
      StepSystemCall(instruction, state);
      return;
    default:
      break;
  }
  switch (instruction.operation) {
    case Operation::kNothing:
      break;
    case Operation::kOther:
      StepOther(instruction, state);
      break;
    case Operation::kClobber:
      Write(instruction, instruction.destination, instruction.width,
            NotTracked(instruction), state);
      break;
    case Operation::kPush:
    case Operation::kPop:
    case Operation::kLeave:
      StepStack(instruction, state);
      break;
    case Operation::kMove:
    case Operation::kMoveZeroExtended:
    case Operation::kMoveSignExtended:
    case Operation::kConditionalMove:
    case Operation::kAddressOf:
    case Operation::kExchange:
    case Operation::kSetFromFlags:
      StepMove(instruction, state);
      break;
    default:
      StepArithmetic(instruction, state);
  }
}

}  // namespace chestnut::binalyzer
