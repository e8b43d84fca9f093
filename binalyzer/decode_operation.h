// Which of the operations of decode.h an instruction is, from the raw bytes of
// the legacy encoding (Intel SDM volume 2, appendix A).
#ifndef CHESTNUT_BINALYZER_DECODE_OPERATION_H_
#define CHESTNUT_BINALYZER_DECODE_OPERATION_H_

#include <Zydis/Zydis.h>

#include "binalyzer/decode.h"

namespace chestnut::binalyzer {

// Fills in operation, widths, operands and whether it compares. Length, width,
// memory operand, immediate and flow are there already.
void ReadOperation(const ZydisDecodedInstruction& zydis, Instruction& out);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_DECODE_OPERATION_H_
