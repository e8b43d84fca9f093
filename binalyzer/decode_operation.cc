#include "binalyzer/decode_operation.h"

namespace chestnut::binalyzer {
namespace {

InstructionOperand InRegister(uint8_t number) {
  return {OperandKind::kRegister, static_cast<Register>(number)};
}

constexpr InstructionOperand kInMemory = {OperandKind::kMemory, kNoRegister};
constexpr InstructionOperand kImmediateOperand = {OperandKind::kImmediate,
                                                  kNoRegister};

// add, or, adc, sbb, and, sub, xor, cmp in the order of their encoding.
constexpr Operation kArithmetic[8] = {Operation::kAdd,     Operation::kOr,
                                      Operation::kClobber, Operation::kClobber,
                                      Operation::kAnd,     Operation::kSubtract,
                                      Operation::kXor,     Operation::kNothing};

// rol, ror, rcl, rcr, shl, shr, sal, sar.
constexpr Operation kShifts[8] = {
    Operation::kClobber,   Operation::kClobber,
    Operation::kClobber,   Operation::kClobber,
    Operation::kShiftLeft, Operation::kShiftRight,
    Operation::kShiftLeft, Operation::kShiftRightArithmetic};
// Fills in the operation of an instruction of the legacy encoding.
class OperationReader {
 public:
  OperationReader(const ZydisDecodedInstruction& zydis, Instruction& out)
      : raw_(zydis.raw),
        zydis_(zydis),
        out_(out),
        rex_((zydis.attributes & ZYDIS_ATTRIB_HAS_REX) != 0) {}

  void Run() {
    if (zydis_.opcode_map == ZYDIS_OPCODE_MAP_DEFAULT) {
      ReadDefaultMap(zydis_.opcode);
    } else if (zydis_.opcode_map == ZYDIS_OPCODE_MAP_0F) {
      Read0FMap(zydis_.opcode);
    }
    Finish();
  }

 private:
  uint8_t Extension() const { return raw_.modrm.reg; }
  uint8_t Extended(ZyanU8 rex_bit) const { return rex_ && rex_bit ? 8 : 0; }

  // The operand that ModRM's r/m names, and the register that its other half
  // names.
  InstructionOperand RegisterOrMemory() const {
    if (out_.has_memory) return kInMemory;
    return InRegister(raw_.modrm.rm | Extended(raw_.rex.B));
  }
  InstructionOperand RegisterField() const {
    return InRegister(raw_.modrm.reg | Extended(raw_.rex.R));
  }
  InstructionOperand InOpcode() const {
    return InRegister((zydis_.opcode & 7) | Extended(raw_.rex.B));
  }

  void Set(Operation operation, InstructionOperand destination,
           InstructionOperand source = {}) {
    out_.operation = operation;
    out_.destination = destination;
    out_.source = source;
    if (operation == Operation::kNothing) out_.destination = {};
  }

  void ReadDefaultMap(uint8_t opcode) {
    if (opcode < 0x40) {
      ReadArithmetic(opcode);
    } else if (opcode >= 0x70 && opcode < 0x80) {
      out_.operation = Operation::kNothing;
    } else if (opcode >= 0x50 && opcode < 0x58) {
      Set(Operation::kPush, {}, InOpcode());
    } else if (opcode >= 0x58 && opcode < 0x60) {
      Set(Operation::kPop, InOpcode());
    } else if (opcode > 0x90 && opcode < 0x98) {
      Set(Operation::kExchange, InRegister(kRax), InOpcode());
    } else if (opcode >= 0xb0 && opcode < 0xc0) {
      Set(Operation::kMove, InOpcode(), kImmediateOperand);
    } else {
      ReadDefaultMapSingles(opcode);
    }
  }

  void ReadArithmetic(uint8_t opcode) {
    const Operation operation = kArithmetic[opcode >> 3];
    out_.compares = (opcode >> 3) == 7;
    switch (opcode & 7) {
      case 0:
      case 1:
        Set(operation, RegisterOrMemory(), RegisterField());
        break;
      case 2:
      case 3:
        Set(operation, RegisterField(), RegisterOrMemory());
        break;
      case 4:
      case 5:
        Set(operation, InRegister(kRax), kImmediateOperand);
        break;
      default:
        break;
    }
  }

  void ReadDefaultMapSingles(uint8_t opcode) {
    switch (opcode) {
      case 0x63:
        out_.source_width = 4;
        Set(Operation::kMoveSignExtended, RegisterField(), RegisterOrMemory());
        break;
      case 0x68:
      case 0x6a:
        Set(Operation::kPush, {}, kImmediateOperand);
        break;
      case 0x69:
      case 0x6b:
        Set(Operation::kClobber, RegisterField());
        break;
      case 0x80:
      case 0x81:
      case 0x83:
        out_.compares = Extension() == 7;
        Set(kArithmetic[Extension()], RegisterOrMemory(), kImmediateOperand);
        break;
      case 0x84:
      case 0x85:
      case 0xa8:
      case 0xa9:
        out_.compares = true;
        out_.operation = Operation::kNothing;
        break;
      case 0x86:
      case 0x87:
        Set(Operation::kExchange, RegisterOrMemory(), RegisterField());
        break;
      case 0x88:
      case 0x89:
        Set(Operation::kMove, RegisterOrMemory(), RegisterField());
        break;
      case 0x8a:
      case 0x8b:
        Set(Operation::kMove, RegisterField(), RegisterOrMemory());
        break;
      case 0x8d:
        Set(Operation::kAddressOf, RegisterField());
        break;
      case 0x8f:
        Set(Operation::kPop, RegisterOrMemory());
        break;
      case 0x90:
        ReadNop();
        break;
      case 0x98:
        out_.source_width = out_.width / 2;
        Set(Operation::kMoveSignExtended, InRegister(kRax), InRegister(kRax));
        break;
      case 0x99:
        Set(Operation::kClobber, InRegister(kRdx));
        break;
      case 0x9c:
        Set(Operation::kPush, {});
        break;
      case 0x9d:
        Set(Operation::kPop, {});
        break;
      case 0xc0:
      case 0xc1:
        Set(kShifts[Extension()], RegisterOrMemory(), kImmediateOperand);
        break;
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3:
        ReadShift(opcode);
        break;
      case 0xc6:
      case 0xc7:
        if (zydis_.mnemonic == ZYDIS_MNEMONIC_MOV) {
          Set(Operation::kMove, RegisterOrMemory(), kImmediateOperand);
        }
        break;
      case 0xc9:
        Set(Operation::kLeave, {});
        break;
      case 0xe8:
      case 0xe9:
      case 0xeb:
      case 0xc2:
      case 0xc3:
      case 0xe3:
        out_.operation = Operation::kNothing;
        break;
      case 0xe0:
      case 0xe1:
      case 0xe2:
        Set(Operation::kClobber, InRegister(kRcx));
        break;
      case 0xf6:
      case 0xf7:
        ReadGroup3();
        break;
      case 0xfe:
      case 0xff:
        ReadGroup5();
        break;
      default:
        break;
    }
  }

  void ReadNop() {
    if (rex_ && raw_.rex.B) {
      Set(Operation::kExchange, InRegister(kRax), InOpcode());
    } else {
      out_.operation = Operation::kNothing;
    }
  }

  // By one; by cl nobody tracks.
  void ReadShift(uint8_t opcode) {
    if (opcode >= 0xd2) {
      Set(Operation::kClobber, RegisterOrMemory());
      return;
    }
    out_.immediate = 1;
    Set(kShifts[Extension()], RegisterOrMemory(), kImmediateOperand);
  }

  void ReadGroup3() {
    switch (Extension()) {
      case 0:
      case 1:
        out_.compares = true;
        out_.operation = Operation::kNothing;
        break;
      case 2:
        Set(Operation::kNot, RegisterOrMemory());
        break;
      case 3:
        Set(Operation::kNegate, RegisterOrMemory());
        break;
      default:
        break;  // multiplies and divides into rdx:rax
    }
  }

  void ReadGroup5() {
    switch (Extension()) {
      case 0:
        Set(Operation::kIncrement, RegisterOrMemory());
        break;
      case 1:
        Set(Operation::kDecrement, RegisterOrMemory());
        break;
      case 2:
      case 4:
        Set(Operation::kNothing, {}, RegisterOrMemory());
        break;
      case 6:
        Set(Operation::kPush, {}, RegisterOrMemory());
        break;
      default:
        break;  // far calls and jumps
    }
  }

  void Read0FMap(uint8_t opcode) {
    const bool plain =
        (zydis_.attributes & (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE |
                              ZYDIS_ATTRIB_HAS_REPNE)) == 0;
    if (opcode >= 0x40 && opcode < 0x50) {
      Set(Operation::kConditionalMove, RegisterField(), RegisterOrMemory());
    } else if (opcode >= 0x90 && opcode < 0xa0) {
      Set(Operation::kSetFromFlags, RegisterOrMemory());
    } else if (opcode == 0xaf && plain) {
      Set(Operation::kClobber, RegisterField());
    } else if ((opcode >= 0x80 && opcode < 0x90) || opcode == 0x0b ||
               opcode == 0x18 || opcode == 0x1f ||
               zydis_.mnemonic == ZYDIS_MNEMONIC_ENDBR64) {
      out_.operation = Operation::kNothing;
    } else if (zydis_.mnemonic == ZYDIS_MNEMONIC_MOVZX ||
               zydis_.mnemonic == ZYDIS_MNEMONIC_MOVSX) {
      out_.source_width = (opcode & 1) != 0 ? 2 : 1;
      Set(zydis_.mnemonic == ZYDIS_MNEMONIC_MOVZX
              ? Operation::kMoveZeroExtended
              : Operation::kMoveSignExtended,
          RegisterField(), RegisterOrMemory());
    }
  }

  // Without REX, the byte registers 4 to 7 are ah, ch, dh, bh: nobody tracks
  // them, so a write is one of something unknown and a read yields that.
  bool IsHighByte(const InstructionOperand& operand, uint8_t width) const {
    return operand.kind == OperandKind::kRegister && width == 1 && !rex_ &&
           operand.reg >= 4 && operand.reg < 8;
  }

  void Finish() {
    const Operation operation = out_.operation;
    if (operation == Operation::kPush || operation == Operation::kPop) {
      out_.width = zydis_.operand_width == 16 ? 2 : 8;
    }
    if (operation == Operation::kSetFromFlags) out_.width = 1;
    if (operation == Operation::kOther || operation == Operation::kNothing) {
      return;
    }
    const uint8_t source_width =
        out_.source_width != 0 ? out_.source_width : out_.width;
    const bool odd_source = IsHighByte(out_.source, source_width);
    const bool odd_destination = IsHighByte(out_.destination, out_.width);
    if (!odd_source && !odd_destination) return;
    if (operation == Operation::kExchange) {
      out_.operation = Operation::kOther;
      return;
    }
    if (odd_destination) {
      out_.destination = InRegister(out_.destination.reg & 3);
    }
    out_.operation = Operation::kClobber;
  }
  const decltype(ZydisDecodedInstruction::raw)& raw_;
  const ZydisDecodedInstruction& zydis_;
  Instruction& out_;
  const bool rex_;
};

}  // namespace

void ReadOperation(const ZydisDecodedInstruction& zydis, Instruction& out) {
  if (zydis.encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY) return;
  OperationReader(zydis, out).Run();
}

}  // namespace chestnut::binalyzer
