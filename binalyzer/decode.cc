#include "binalyzer/decode.h"

#include <Zydis/Zydis.h>

#include <cstring>

#include "binalyzer/decode_operation.h"

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
    ReadOperation(zydis_, out_);
  }

 private:
  bool HasModrm() const {
    return (zydis_.attributes & ZYDIS_ATTRIB_HAS_MODRM) != 0;
  }

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

  absl::string_view code_;
  const decltype(ZydisDecodedInstruction::raw)& raw_;
  const ZydisDecodedInstruction& zydis_;
  Instruction& out_;
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
