#include "binalyzer/function_values.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace chestnut::binalyzer {
namespace {

// From so many changes of a block's state on, what changes is unknown.
constexpr int kWidenAfter = 6;
// After so many rounds the whole frame counts as exposed.
constexpr int kMaxRounds = 4;

// Between functions and after calls that do not return.
bool IsPadding(absl::Span<const Instruction> instructions) {
  return std::all_of(instructions.begin(), instructions.end(),
                     [](const Instruction& instruction) {
                       return instruction.operation == Operation::kNothing &&
                              instruction.flow == Flow::kNext &&
                              !instruction.compares;
                     });
}

class Fixpoint {
 public:
  Fixpoint(const Code& code, ValuePool& pool, Interpreter& interpreter)
      : code_(code), pool_(pool), interpreter_(interpreter) {}

  // Again from the start whenever more of the frame turns out to be exposed.
  std::vector<MachineState> Run() {
    for (int round = 0;; ++round) {
      if (round == kMaxRounds) interpreter_.ExposeAll();
      interpreter_.ClearExposedMore();
      RunOnce();
      if (!interpreter_.exposed_more()) return std::move(states_);
    }
  }

 private:
  void RunOnce() {
    const auto blocks = code_.blocks();
    states_.assign(blocks.size(), {});
    changes_.assign(blocks.size(), 0);
    queued_.assign(blocks.size(), false);
    queue_.clear();
    for (uint32_t i = 0; i < blocks.size(); ++i) {
      const uint64_t address = code_.InstructionsOf(blocks[i])[0].address;
      if (i == code_.entry_block()) {
        Enter(i, EntryState(pool_, address));
      }
      if (blocks[i].open) {
        Enter(i, UnknownState(pool_, blocks[i].open_reason, address));
      }
    }
    Drain();
    // What is left is reached in a way that is not known.
    for (uint32_t i = 0; i < blocks.size(); ++i) {
      if (states_[i].reached) continue;
      if (IsPadding(code_.InstructionsOf(blocks[i]))) continue;
      const uint64_t address = code_.InstructionsOf(blocks[i])[0].address;
      Enter(i, UnknownState(pool_, UnknownReason::kIndirectJump, address));
      Drain();
    }
  }

  void Enter(uint32_t block, const MachineState& state) {
    const uint64_t address =
        code_.InstructionsOf(code_.blocks()[block])[0].address;
    const bool widen = changes_[block] >= kWidenAfter;
    if (!JoinInto(pool_, state, widen, address, states_[block])) return;
    ++changes_[block];
    if (queued_[block]) return;
    queued_[block] = true;
    queue_.push_back(block);
  }

  void Drain() {
    for (size_t next = 0; next < queue_.size(); ++next) {
      const uint32_t index = queue_[next];
      queued_[index] = false;
      const Block& block = code_.blocks()[index];
      MachineState state = states_[index];
      for (const Instruction& instruction : code_.InstructionsOf(block)) {
        interpreter_.Step(instruction, state);
      }
      for (uint32_t successor : block.successors) Enter(successor, state);
    }
    queue_.clear();
  }

  const Code& code_;
  ValuePool& pool_;
  Interpreter& interpreter_;
  std::vector<MachineState> states_;
  std::vector<int> changes_;
  std::vector<bool> queued_;
  std::vector<uint32_t> queue_;
};

}  // namespace

void VisitStates(
    const Code& code, bool volatile_stack, ValuePool& pool,
    Interpreter& interpreter,
    absl::FunctionRef<void(const Instruction&, const MachineState&)> visit) {
  interpreter.Begin(volatile_stack);
  std::vector<MachineState> states = Fixpoint(code, pool, interpreter).Run();
  const auto blocks = code.blocks();
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (!states[i].reached) continue;  // padding
    for (const Instruction& instruction : code.InstructionsOf(blocks[i])) {
      visit(instruction, states[i]);
      interpreter.Step(instruction, states[i]);
    }
  }
}

}  // namespace chestnut::binalyzer
