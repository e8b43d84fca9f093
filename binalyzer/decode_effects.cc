#include <Zydis/Zydis.h>

#include "binalyzer/decode.h"

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

void AddRegister(ZydisRegister reg, InstructionEffects& effects) {
  const ZydisRegister large =
      ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg);
  if (large >= ZYDIS_REGISTER_RAX && large <= ZYDIS_REGISTER_R15) {
    effects.written |=
        static_cast<uint16_t>(1u << (large - ZYDIS_REGISTER_RAX));
  }
}

void AddOperand(const ZydisDecodedOperand& operand, bool explicit_memory,
                InstructionEffects& effects) {
  if ((operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) == 0) return;
  if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER) {
    AddRegister(operand.reg.value, effects);
  } else if (operand.type == ZYDIS_OPERAND_TYPE_MEMORY) {
    effects.memory_width =
        !effects.writes_memory && explicit_memory ? operand.size / 8 : 0;
    effects.writes_memory = true;
  }
}

}  // namespace

InstructionEffects EffectsOf(absl::string_view code) {
  InstructionEffects effects;
  ZydisDecodedInstruction zydis;
  ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
  if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&Decoder(), code.data(), code.size(),
                                           &zydis, operands))) {
    effects.written = 0xffff;
    effects.writes_memory = true;
    return effects;
  }
  const bool repeated =
      (zydis.attributes & (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE |
                           ZYDIS_ATTRIB_HAS_REPNE)) != 0;
  for (int i = 0; i < zydis.operand_count; ++i) {
    const bool explicit_memory =
        !repeated && operands[i].encoding == ZYDIS_OPERAND_ENCODING_MODRM_RM;
    AddOperand(operands[i], explicit_memory, effects);
  }
  return effects;
}

}  // namespace chestnut::binalyzer
