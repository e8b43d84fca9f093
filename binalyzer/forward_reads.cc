#include "binalyzer/forward_reads.h"

#include <cstring>
#include <optional>

#include "absl/strings/string_view.h"

namespace chestnut::binalyzer {
namespace {

// A comparison of a register with a bound that is no negative number: `reg` on
// the left, on `width` bytes. Intel SDM volume 2, CMP.
struct Comparison {
  Register reg = kNoRegister;
  uint8_t width = 0;
};

int64_t Signed(absl::string_view bytes) {
  if (bytes.size() == 1) return static_cast<int8_t>(bytes[0]);
  int32_t value = 0;
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

// The bound of `cmp r64, [rip + x]`: data that nobody writes to.
bool IsBoundInMemory(const Image& image, const Instruction& instruction) {
  const auto address = static_cast<uint64_t>(instruction.memory.displacement);
  const ImageSegment* segment = image.SegmentAt(address);
  if (segment == nullptr || segment->writable ||
      !image.RelocationsIn(address, address + 8).empty()) {
    return false;
  }
  const auto bytes = image.BytesAt(address, 8);
  int64_t bound = -1;
  if (bytes.has_value()) std::memcpy(&bound, bytes->data(), sizeof(bound));
  return bound >= 0 && bound <= INT32_MAX;
}

std::optional<Comparison> ReadComparison(const Image& image,
                                         const Instruction& instruction) {
  const auto code = image.BytesAt(instruction.address, instruction.length);
  if (!code.has_value() || !instruction.compares) return std::nullopt;
  absl::string_view bytes = *code;
  const auto byte = [&bytes](size_t i) {
    return static_cast<uint8_t>(bytes[i]);
  };
  constexpr uint8_t kRex = 0x40;
  constexpr uint8_t kWide = 8;
  uint8_t rex = 0;
  if ((byte(0) & 0xf0) == kRex) {
    rex = byte(0);
    bytes.remove_prefix(1);
  }
  if (bytes.size() < 2) return std::nullopt;
  const uint8_t width = (rex & kWide) != 0 ? 8 : 4;
  const uint8_t mode = byte(1) >> 6;
  const int extension = byte(1) >> 3 & 7;
  constexpr uint8_t kRegisters = 3;
  // cmp r, imm8 and imm32.
  if ((byte(0) == 0x83 || byte(0) == 0x81) && mode == kRegisters &&
      extension == 7 && Signed(bytes.substr(2)) >= 0) {
    const int reg = (byte(1) & 7) | (rex & 1) << 3;
    return Comparison{static_cast<Register>(reg), width};
  }
  // cmp eax, imm32.
  if (byte(0) == 0x3d && bytes.size() == 5 && Signed(bytes.substr(1)) >= 0) {
    return Comparison{kRax, width};
  }
  // cmp r64, [rip + x].
  if (byte(0) == 0x3b && width == 8 && instruction.memory.pc_relative &&
      IsBoundInMemory(image, instruction)) {
    const int reg = extension | (rex & 4) << 1;
    return Comparison{static_cast<Register>(reg), width};
  }
  return std::nullopt;
}

// ja, jae: taken if the left side is above the right one, without sign.
bool IsUnsignedAbove(const Image& image, const Instruction& instruction) {
  if (instruction.flow != Flow::kBranch) return false;
  const auto code = image.BytesAt(instruction.address, instruction.length);
  if (!code.has_value()) return false;
  const auto byte = [&code](size_t i) {
    return static_cast<uint8_t>((*code)[i]);
  };
  if (instruction.length == 2) return byte(0) == 0x73 || byte(0) == 0x77;
  return instruction.length == 6 && byte(0) == 0x0f &&
         (byte(1) == 0x83 || byte(1) == 0x87);
}

// Writes of 4 bytes clear the upper half of a register.
bool ClearsUpperHalf(const Instruction& instruction, Register reg) {
  if (instruction.destination.kind != OperandKind::kRegister ||
      instruction.destination.reg != reg || instruction.compares) {
    return false;
  }
  switch (instruction.operation) {
    case Operation::kMove:
    case Operation::kAdd:
    case Operation::kSubtract:
    case Operation::kAnd:
      return instruction.width == 4;
    case Operation::kMoveZeroExtended:
      return instruction.width >= 4 && instruction.source_width <= 4;
    default:
      return false;
  }
}

bool IsRead(const Instruction& instruction, Register base) {
  const MemoryOperand& memory = instruction.memory;
  const bool moves = instruction.operation == Operation::kMove ||
                     instruction.operation == Operation::kMoveZeroExtended ||
                     instruction.operation == Operation::kMoveSignExtended;
  return instruction.flow == Flow::kNext && moves && instruction.width >= 4 &&
         instruction.source.kind == OperandKind::kMemory &&
         instruction.destination.kind == OperandKind::kRegister &&
         instruction.destination.reg == base && memory.base == base &&
         memory.index != kNoRegister && memory.index != base &&
         memory.displacement == 0 && !memory.thread_local_segment &&
         !memory.untracked;
}

}  // namespace

uint64_t GuardOfForwardRead(const Image& image,
                            absl::Span<const Instruction> instructions,
                            size_t at) {
  const Instruction& made = instructions[at];
  if (made.operation != Operation::kAddressOf || !made.memory.pc_relative ||
      made.width != 8 || at == 0 || at + 1 >= instructions.size()) {
    return 0;
  }
  const Register base = made.destination.reg;
  const Instruction& read = instructions[at + 1];
  if (read.address != made.end() || !IsRead(read, base)) return 0;
  Register index = read.memory.index;
  size_t before = at - 1;
  // Between here and there nothing else happens.
  const auto follows = [&](size_t i) {
    return instructions[i].end() == instructions[i + 1].address;
  };
  if (!follows(before)) return 0;
  if (ClearsUpperHalf(instructions[before], index)) {
    return instructions[before].address;
  }
  uint8_t width = 8;
  const Instruction& extended = instructions[before];
  if (extended.operation == Operation::kMoveSignExtended &&
      extended.width == 8 && extended.source_width == 4 &&
      extended.destination.kind == OperandKind::kRegister &&
      extended.destination.reg == index &&
      extended.source.kind == OperandKind::kRegister) {
    if (before == 0 || !follows(before - 1)) return 0;
    index = extended.source.reg;
    width = 4;
    --before;
  }
  if (before == 0 || !follows(before - 1) ||
      !IsUnsignedAbove(image, instructions[before])) {
    return 0;
  }
  const auto compared = ReadComparison(image, instructions[before - 1]);
  // A bound for all of the register is one for its lower half.
  if (!compared.has_value() || compared->reg != index ||
      compared->width < width) {
    return 0;
  }
  return instructions[before - 1].address;
}

}  // namespace chestnut::binalyzer
