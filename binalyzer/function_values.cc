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

// The number is the same on every way that leads here, and that of a call that
// does not return. Of a number that is not known some values do.
bool EndsThread(const Instruction& instruction, const MachineState& state,
                const ValuePool& pool) {
  constexpr int32_t kExit = 60;
  constexpr int32_t kExitGroup = 231;
  if (instruction.flow != Flow::kSyscall) return false;
  const ValueId number = state.registers[kRax];
  const auto members = pool.Members(number);
  return std::all_of(members.begin(), members.end(), [&pool](ValueId member) {
    if (!pool.IsConstant(member)) return false;
    const auto call = static_cast<int32_t>(pool.node(member).number);
    return call == kExit || call == kExitGroup;
  });
}

// Whether some jump may lead to any instruction.
bool JumpsAnywhere(const Code& code) {
  const auto blocks = code.blocks();
  return std::any_of(blocks.begin(), blocks.end(), [&code](const Block& block) {
    return block.successors.empty() &&
           code.InstructionsOf(block).back().flow == Flow::kIndirectJump;
  });
}

class Fixpoint {
 public:
  Fixpoint(const Code& code, bool may_end, ValuePool& pool,
           Interpreter& interpreter)
      : code_(code),
        may_end_(may_end),
        pool_(pool),
        interpreter_(interpreter) {}

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
    ended_ = false;
    Drain();
    const std::vector<bool> connected =
        ended_ ? Connected() : std::vector<bool>(blocks.size());
    // What is left is reached in a way that is not known, or never.
    for (uint32_t i = 0; i < blocks.size(); ++i) {
      if (states_[i].reached || connected[i]) continue;
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
      if (!Run(block, state)) continue;
      for (uint32_t successor : block.successors) Enter(successor, state);
    }
    queue_.clear();
  }

  // False if control does not come to the end of the block.
  bool Run(const Block& block, MachineState& state) {
    for (const Instruction& instruction : code_.InstructionsOf(block)) {
      if (may_end_ && EndsThread(instruction, state, pool_)) {
        ended_ = true;
        return false;
      }
      interpreter_.Step(instruction, state);
    }
    return true;
  }

  // Blocks that known ways lead to, whatever happens on them.
  std::vector<bool> Connected() const {
    const auto blocks = code_.blocks();
    std::vector<bool> connected(blocks.size());
    std::vector<uint32_t> queue;
    auto reach = [&](uint32_t block) {
      if (connected[block]) return;
      connected[block] = true;
      queue.push_back(block);
    };
    for (uint32_t i = 0; i < blocks.size(); ++i) {
      if (i == code_.entry_block() || blocks[i].open) reach(i);
    }
    while (!queue.empty()) {
      const Block& block = blocks[queue.back()];
      queue.pop_back();
      for (uint32_t successor : block.successors) reach(successor);
    }
    return connected;
  }

  const Code& code_;
  const bool may_end_;  // control may end at a system call
  ValuePool& pool_;
  Interpreter& interpreter_;
  std::vector<MachineState> states_;
  std::vector<int> changes_;
  std::vector<bool> queued_;
  std::vector<uint32_t> queue_;
  bool ended_ = false;  // some block ends the thread
};

}  // namespace

void VisitStates(
    const Code& code, bool volatile_stack, ValuePool& pool,
    Interpreter& interpreter,
    absl::FunctionRef<void(const Instruction&, const MachineState&)> visit,
    absl::FunctionRef<void(const Instruction&)> never) {
  interpreter.Begin(volatile_stack);
  const bool may_end = !JumpsAnywhere(code);
  std::vector<MachineState> states =
      Fixpoint(code, may_end, pool, interpreter).Run();
  const auto blocks = code.blocks();
  for (size_t i = 0; i < blocks.size(); ++i) {
    bool reached = states[i].reached;  // else padding, or never
    for (const Instruction& instruction : code.InstructionsOf(blocks[i])) {
      if (!reached) {
        never(instruction);
        continue;
      }
      visit(instruction, states[i]);
      reached = !may_end || !EndsThread(instruction, states[i], pool);
      interpreter.Step(instruction, states[i]);
    }
  }
}

}  // namespace chestnut::binalyzer
