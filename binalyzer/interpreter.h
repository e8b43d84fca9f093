// What one instruction does to a machine state.
#ifndef CHESTNUT_BINALYZER_INTERPRETER_H_
#define CHESTNUT_BINALYZER_INTERPRETER_H_

#include <cstdint>
#include <limits>

#include "binalyzer/decode.h"
#include "binalyzer/image.h"
#include "binalyzer/machine_state.h"
#include "binalyzer/value_pool.h"

namespace chestnut::binalyzer {

// Follows values through the instructions of one function. What is assumed of
// code is what the psABI and C promise: calls preserve rbx, rbp, rsp and r12 to
// r15; what a pointer into the frame reaches begins where the pointer was made
// to point (so a spilled register below it is safe).
class Interpreter {
 public:
  Interpreter(const Image& image, ValuePool& pool)
      : image_(image), pool_(pool) {}

  // Begins a function. `volatile_stack`: a call in it returns twice (setjmp,
  // vfork), so that what the stack held before may have changed since.
  void Begin(bool volatile_stack);

  // Changes the state to that after the instruction. Of calls, the one after
  // they return.
  void Step(const Instruction& instruction, MachineState& state);

  // The value of an operand before the instruction.
  ValueId Read(const Instruction& instruction,
               const InstructionOperand& operand, uint8_t width,
               const MachineState& state);
  // What the memory operand points to, as far as known.
  ValueId AddressOf(const Instruction& instruction, const MachineState& state);

  // What a call, or (`jumps`) a jump instead of one, passes on the stack as its
  // i-th parameter there.
  ValueId StackArgument(const Instruction& instruction, uint32_t i, bool jumps,
                        const MachineState& state);

  // Pointers into the frame that were seen to leave the stack and frame
  // pointers: the lowest offset. Anything from there up changes at calls and
  // stores through unknown pointers. Where it grows while blocks are visited,
  // states computed before are wrong: begin again.
  bool exposed_more() const { return exposed_more_; }
  void ClearExposedMore() { exposed_more_ = false; }
  void ExposeAll() { exposed_ = std::numeric_limits<int64_t>::min(); }

 private:
  ValueId Load(const Instruction& instruction, uint8_t width,
               const MachineState& state);
  ValueId LoadAddress(uint64_t address, uint8_t width, uint64_t place);
  void Store(const Instruction& instruction, uint8_t width, ValueId value,
             MachineState& state);
  void Write(const Instruction& instruction, const InstructionOperand& operand,
             uint8_t width, ValueId value, MachineState& state);
  void WriteRegister(Register reg, uint8_t width, ValueId value, uint64_t place,
                     MachineState& state);
  void StepArithmetic(const Instruction& instruction, MachineState& state);
  void StepMove(const Instruction& instruction, MachineState& state);
  void StepStack(const Instruction& instruction, MachineState& state);
  void StepOther(const Instruction& instruction, MachineState& state);
  void StepCall(const Instruction& instruction, MachineState& state);
  void StepSystemCall(const Instruction& instruction, MachineState& state);
  void Push(const Instruction& instruction, uint8_t width, ValueId value,
            MachineState& state);
  ValueId Pop(const Instruction& instruction, uint8_t width,
              MachineState& state);
  void Expose(ValueId value);
  // Whether a pointer cannot point into this function's frame.
  bool IsForeign(ValueId value) const;
  bool MayFork(ValueId number) const;
  void ForgetExposed(MachineState& state) const;
  ValueId NotTracked(const Instruction& instruction);
  // The offset of a stack address in a range that cannot overflow.
  bool StackOffset(ValueId value, int64_t* offset) const;

  const Image& image_;
  ValuePool& pool_;
  int64_t exposed_ = std::numeric_limits<int64_t>::max();
  bool exposed_more_ = false;
  bool volatile_stack_ = false;
};

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_INTERPRETER_H_
