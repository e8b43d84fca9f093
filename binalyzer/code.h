// The instructions and basic blocks of one function.
#ifndef CHESTNUT_BINALYZER_CODE_H_
#define CHESTNUT_BINALYZER_CODE_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "binalyzer/decode.h"
#include "binalyzer/image.h"
#include "binalyzer/value_pool.h"

namespace chestnut::binalyzer {

// Appends the instructions of the range to `out`, by address: those from its
// beginning on, one after the other, and where a branch of the range leads into
// the middle of one of them (past a `lock` prefix, around data), those from
// there to where the two meet. Addresses that the file has no bytes for end
// the range.
void DecodeRange(const Image& image, AddressRange range,
                 std::vector<Instruction>* out);

// Adds to `out` the instructions of the range that control can come to from
// `entry`, keeping it sorted by address. False, and `out` as it was, if control
// can come to bytes of the range that are no instruction.
bool DecodeFrom(const Image& image, AddressRange range, uint64_t entry,
                std::vector<Instruction>* out);

struct Block {
  uint32_t first = 0;  // instructions
  uint32_t count = 0;
  absl::InlinedVector<uint32_t, 2> successors;  // blocks
  // Reached from where the state is not known.
  bool open = false;
  UnknownReason open_reason = UnknownReason::kNotTracked;
};

// What is known of a function besides its instructions.
struct CodeContext {
  uint64_t entry = 0;
  // Places that are reached from elsewhere, ascending.
  std::vector<std::pair<uint64_t, UnknownReason>> entered;
  // Where the function's indirect jumps may lead inside it, ascending.
  std::vector<uint64_t> jump_targets;
  // Addresses of its calls that do not return, ascending.
  std::vector<uint64_t> no_return_calls;
};

class Code {
 public:
  // `instructions` by address.
  Code(std::vector<Instruction> instructions, const CodeContext& context);

  absl::Span<const Instruction> instructions() const { return instructions_; }
  absl::Span<const Block> blocks() const { return blocks_; }
  absl::Span<const Instruction> InstructionsOf(const Block& block) const {
    return absl::MakeConstSpan(instructions_).subspan(block.first, block.count);
  }
  static constexpr uint32_t kNoBlock = 0xffffffff;
  // The block that begins at the address.
  uint32_t BlockAt(uint64_t address) const;
  uint32_t entry_block() const { return entry_block_; }

 private:
  uint32_t IndexOf(uint64_t address) const;
  void FindLeaders(const CodeContext& context, std::vector<bool>* leaders);
  void MakeBlocks(const std::vector<bool>& leaders);
  void Connect(const CodeContext& context);

  std::vector<Instruction> instructions_;
  std::vector<Block> blocks_;
  uint32_t entry_block_ = kNoBlock;
};

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_CODE_H_
