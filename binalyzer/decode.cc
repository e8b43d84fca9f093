#include "binalyzer/decode.h"

#include <Zydis/Zydis.h>

#include <cstring>

namespace chestnut::binalyzer {
namespace {

const ZydisDecoder& Decoder() {
  static const ZydisDecoder decoder = [] {
    ZydisDecoder made;
    ZydisDecoderInit(&made, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    return made;
  }();
  return decoder;
}

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

// Fills in one instruction from what Zydis made of its bytes.
class Reader {
 public:
  Reader(absl::string_view code, const ZydisDecodedInstruction& zydis,
         Instruction& out)
      : code_(code), raw_(zydis.raw), zydis_(zydis), out_(out) {}

  void Run() {
    out_.length = zydis_.length;
    out_.width = zydis_.operand_width / 8;
    ReadMemory();
    ReadImmediate();
    ReadFlow();
    if (zydis_.encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY) return;
    legacy_rex_ = (zydis_.attributes & ZYDIS_ATTRIB_HAS_REX) != 0;
    if (zydis_.opcode_map == ZYDIS_OPCODE_MAP_DEFAULT) {
      ReadDefaultMap(zydis_.opcode);
    } else if (zydis_.opcode_map == ZYDIS_OPCODE_MAP_0F) {
      Read0FMap(zydis_.opcode);
    }
    Finish();
  }

 private:
  bool HasModrm() const {
    return (zydis_.attributes & ZYDIS_ATTRIB_HAS_MODRM) != 0;
  }
  uint8_t Extension() const { return raw_.modrm.reg; }

  void ReadMemory() {
    if (!HasModrm() || raw_.modrm.mod == 3) return;
    out_.has_memory = true;
    MemoryOperand& memory = out_.memory;
    memory.displacement = raw_.disp.size != 0 ? raw_.disp.value : 0;
    if (raw_.disp.size != 0) out_.displacement_offset = raw_.disp.offset;
    memory.thread_local_segment =
        (zydis_.attributes &
         (ZYDIS_ATTRIB_HAS_SEGMENT_FS | ZYDIS_ATTRIB_HAS_SEGMENT_GS)) != 0;
    memory.untracked = IsUntracked();
    const uint8_t high_base = HighBit(raw_.rex.B, raw_.vex.B, raw_.evex.B);
    if (raw_.modrm.mod == 0 && raw_.modrm.rm == 5) {
      memory.pc_relative = true;
      memory.displacement += static_cast<int64_t>(out_.address + zydis_.length);
      return;
    }
    if (raw_.modrm.rm != 4) {
      memory.base = static_cast<Register>(raw_.modrm.rm | high_base);
      return;
    }
    const uint8_t index =
        raw_.sib.index | HighBit(raw_.rex.X, raw_.vex.X, raw_.evex.X);
    if (index != kRsp) {
      memory.index = static_cast<Register>(index);
      memory.scale = static_cast<uint8_t>(1 << raw_.sib.scale);
    }
    if (raw_.modrm.mod != 0 || raw_.sib.base != 5) {
      memory.base = static_cast<Register>(raw_.sib.base | high_base);
    }
  }

  bool IsUntracked() const {
    switch (zydis_.encoding) {
      case ZYDIS_INSTRUCTION_ENCODING_LEGACY:
        return zydis_.address_width != 64;
      case ZYDIS_INSTRUCTION_ENCODING_VEX:
        // Gathers are the only ones with a vector for an index.
        return zydis_.address_width != 64 ||
               zydis_.meta.category == ZYDIS_CATEGORY_AVX2GATHER;
      default:
        return raw_.modrm.mod != 0 || raw_.modrm.rm != 5;
    }
  }

  // VEX and EVEX prefixes hold the bits inverted; Zydis has undone that.
  uint8_t HighBit(ZyanU8 rex, ZyanU8 vex, ZyanU8 evex) const {
    switch (zydis_.encoding) {
      case ZYDIS_INSTRUCTION_ENCODING_LEGACY:
        return (zydis_.attributes & ZYDIS_ATTRIB_HAS_REX) != 0 && rex ? 8 : 0;
      case ZYDIS_INSTRUCTION_ENCODING_VEX:
        return vex ? 8 : 0;
      default:
        return evex ? 8 : 0;
    }
  }

  void ReadImmediate() {
    const auto& immediate = raw_.imm[0];
    if (immediate.size == 0) return;
    out_.immediate_offset = immediate.offset;
    uint64_t bits = 0;
    std::memcpy(&bits, code_.data() + immediate.offset, immediate.size / 8);
    const int unused = 64 - immediate.size;
    out_.immediate = static_cast<int64_t>(bits << unused) >> unused;
    if (immediate.is_relative) {
      out_.target =
          out_.address + zydis_.length + static_cast<uint64_t>(out_.immediate);
    } else {
      out_.has_immediate = true;
    }
  }

  void ReadFlow() {
    const bool relative = raw_.imm[0].size != 0 && raw_.imm[0].is_relative;
    switch (zydis_.meta.category) {
      case ZYDIS_CATEGORY_CALL:
        out_.flow = relative ? Flow::kCall : Flow::kIndirectCall;
        break;
      case ZYDIS_CATEGORY_UNCOND_BR:
        // xabort and far jumps are filed here, too.
        if (relative) {
          out_.flow = Flow::kJump;
        } else if (zydis_.mnemonic == ZYDIS_MNEMONIC_JMP) {
          out_.flow = Flow::kIndirectJump;
        }
        break;
      case ZYDIS_CATEGORY_COND_BR:
        out_.flow = relative ? Flow::kBranch : Flow::kNext;
        break;
      case ZYDIS_CATEGORY_RET:
        out_.flow = Flow::kReturn;
        break;
      default:
        ReadRareFlow();
    }
  }

  void ReadRareFlow() {
    switch (zydis_.mnemonic) {
      case ZYDIS_MNEMONIC_SYSCALL:
        out_.flow = Flow::kSyscall;
        break;
      case ZYDIS_MNEMONIC_SYSENTER:
        out_.flow = Flow::kSysenter;
        break;
      case ZYDIS_MNEMONIC_INT:
        if ((out_.immediate & 0xff) == 0x80) out_.flow = Flow::kInt80;
        break;
      case ZYDIS_MNEMONIC_UD0:
      case ZYDIS_MNEMONIC_UD1:
      case ZYDIS_MNEMONIC_UD2:
      case ZYDIS_MNEMONIC_HLT:
      case ZYDIS_MNEMONIC_INT3:
        out_.flow = Flow::kStop;
        break;
      case ZYDIS_MNEMONIC_IRET:
      case ZYDIS_MNEMONIC_IRETD:
      case ZYDIS_MNEMONIC_IRETQ:
      case ZYDIS_MNEMONIC_SYSRET:
      case ZYDIS_MNEMONIC_SYSEXIT:
        out_.flow = Flow::kReturn;
        break;
      case ZYDIS_MNEMONIC_XBEGIN:
        // An aborted transaction goes on at the target.
        out_.flow = Flow::kBranch;
        break;
      default:
        break;
    }
  }

  // The operand that ModRM's r/m names, and the register that its other half
  // names.
  InstructionOperand RegisterOrMemory() const {
    if (out_.has_memory) return kInMemory;
    return InRegister(raw_.modrm.rm | HighBit(raw_.rex.B, 0, 0));
  }
  InstructionOperand RegisterField() const {
    return InRegister(raw_.modrm.reg | HighBit(raw_.rex.R, 0, 0));
  }
  InstructionOperand InOpcode() const {
    return InRegister((zydis_.opcode & 7) | HighBit(raw_.rex.B, 0, 0));
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
    if (legacy_rex_ && raw_.rex.B) {
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
    return operand.kind == OperandKind::kRegister && width == 1 &&
           !legacy_rex_ && operand.reg >= 4 && operand.reg < 8;
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

  absl::string_view code_;
  const decltype(ZydisDecodedInstruction::raw)& raw_;
  const ZydisDecodedInstruction& zydis_;
  Instruction& out_;
  bool legacy_rex_ = false;
};

}  // namespace

Instruction DecodeInstruction(absl::string_view code, uint64_t address) {
  Instruction out;
  out.address = address;
  ZydisDecoderContext context;
  ZydisDecodedInstruction zydis;
  if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(
          &Decoder(), &context, code.data(), code.size(), &zydis))) {
    out.length = 1;
    out.flow = Flow::kInvalid;
    return out;
  }
  Reader(code, zydis, out).Run();
  return out;
}

}  // namespace chestnut::binalyzer
