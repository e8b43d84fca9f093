// Machine code to compact instructions: what an analysis of control flow and of
// integer values wants to know of each, and no more.
//
// Decoding is Zydis's. Its cheap half (lengths, opcodes, raw operand bytes) is
// all that most instructions need; operands of the common integer instructions
// are read off the raw bytes here (Intel SDM volume 2, chapter 2 and appendix
// A), and only what is left goes through Zydis's operand tables, on demand.
#ifndef CHESTNUT_BINALYZER_DECODE_H_
#define CHESTNUT_BINALYZER_DECODE_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace chestnut::binalyzer {

// Where control goes after an instruction.
enum class Flow : uint8_t {
  kNext,
  kCall,          // to Instruction::target
  kIndirectCall,  // to what the operand `source` holds
  kJump,          // to Instruction::target
  kIndirectJump,  // to what the operand `source` holds
  kBranch,        // to Instruction::target or the next instruction
  kReturn,
  kSyscall,  // and on to the next instruction, like the two below
  kSysenter,
  kInt80,
  kStop,     // ud2, hlt, int3: nothing follows
  kInvalid,  // no instruction begins here
};

// What an instruction does to integers, as far as values are tracked.
enum class Operation : uint8_t {
  kOther,    // ask Effects
  kNothing,  // writes no general register and no memory
  kMove,
  kMoveZeroExtended,  // from source_width to width
  kMoveSignExtended,
  kAddressOf,  // lea
  kAdd,
  kSubtract,
  kAnd,
  kOr,
  kXor,
  kShiftLeft,
  kShiftRight,
  kShiftRightArithmetic,
  kIncrement,
  kDecrement,
  kNegate,
  kNot,
  kExchange,
  kConditionalMove,
  kSetFromFlags,  // 0 or 1 in a byte
  kPush,
  kPop,
  kLeave,
  kClobber,  // changes `destination` to something that nobody tracks
};

// General registers by their numbers in the encoding: 0 rax, 1 rcx, 2 rdx, 3
// rbx, 4 rsp, 5 rbp, 6 rsi, 7 rdi, 8 to 15 r8 to r15.
enum Register : uint8_t {
  kRax = 0,
  kRcx = 1,
  kRdx = 2,
  kRbx = 3,
  kRsp = 4,
  kRbp = 5,
  kRsi = 6,
  kRdi = 7,
  kR8 = 8,
  kR9 = 9,
  kR10 = 10,
  kR11 = 11,
  kRegisterCount = 16,
  kNoRegister = 0xff,
};

enum class OperandKind : uint8_t { kNone, kRegister, kMemory, kImmediate };

struct InstructionOperand {
  OperandKind kind = OperandKind::kNone;
  Register reg = kNoRegister;
};

// The memory operand: base + index * scale + displacement. Without base and
// index, the displacement is the address (also of pc-relative operands).
struct MemoryOperand {
  int64_t displacement = 0;
  Register base = kNoRegister;
  Register index = kNoRegister;
  uint8_t scale = 1;
  bool thread_local_segment = false;  // relative to fs or gs
  bool pc_relative = false;
  // Addressing that base, index and displacement do not tell: 32-bit addresses,
  // vectors of indices, scaled displacements of EVEX.
  bool untracked = false;

  bool IsAddress() const {
    return base == kNoRegister && index == kNoRegister &&
           !thread_local_segment && !untracked;
  }
};

struct Instruction {
  uint64_t address = 0;
  uint64_t target = 0;    // of a direct call, jump or branch
  int64_t immediate = 0;  // sign-extended; the full one of movabs
  MemoryOperand memory;
  bool has_memory = false;
  bool has_immediate = false;  // other than a relative target
  uint8_t length = 0;
  Flow flow = Flow::kNext;
  Operation operation = Operation::kOther;
  uint8_t width = 0;  // bytes of the operation
  uint8_t source_width = 0;
  InstructionOperand destination;
  InstructionOperand source;
  // Where in the instruction its displacement and immediate (a relative target
  // too) stand, 0 if it has none: there relocations may be.
  uint8_t displacement_offset = 0;
  uint8_t immediate_offset = 0;
  // cmp or test.
  bool compares = false;

  uint64_t end() const { return address + length; }
};

// What an instruction whose operation is kOther does to registers and memory.
struct InstructionEffects {
  uint16_t written = 0;        // general registers, a bit each
  bool writes_memory = false;  // through Instruction::memory or elsewhere
  // Bytes written through the memory operand; 0: not known, or string
  // instructions, which write elsewhere.
  uint32_t memory_width = 0;
};

// Decodes the instruction at the beginning of `code`, which lies at `address`.
// If there is none, its flow is kInvalid and its length 1. `code` must not be
// empty.
Instruction DecodeInstruction(absl::string_view code, uint64_t address);

// For instructions of operation kOther.
InstructionEffects EffectsOf(absl::string_view code);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_DECODE_H_
