#include "binalyzer/code.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"

namespace chestnut::binalyzer {
namespace {

bool EndsBlock(Flow flow) {
  return flow != Flow::kNext && flow != Flow::kSyscall &&
         flow != Flow::kSysenter && flow != Flow::kInt80;
}

bool GoesOn(Flow flow) {
  switch (flow) {
    case Flow::kJump:
    case Flow::kIndirectJump:
    case Flow::kReturn:
    case Flow::kStop:
    case Flow::kInvalid:
      return false;
    default:
      return true;
  }
}

bool HasTarget(Flow flow) {
  return flow == Flow::kJump || flow == Flow::kBranch;
}

}  // namespace

void DecodeRange(const Image& image, AddressRange range,
                 std::vector<Instruction>* out) {
  absl::string_view bytes = image.BytesFrom(range.begin);
  bytes = bytes.substr(0, range.size());
  const size_t first = out->size();
  std::vector<bool> begins(bytes.size());
  std::vector<uint64_t> targets;
  // Decodes from `offset` on until what is known already.
  auto decode = [&](uint64_t offset) {
    while (offset < bytes.size() && !begins[offset]) {
      begins[offset] = true;
      out->push_back(
          DecodeInstruction(bytes.substr(offset), range.begin + offset));
      const Instruction& instruction = out->back();
      if (HasTarget(instruction.flow) && range.contains(instruction.target)) {
        targets.push_back(instruction.target);
      }
      offset += instruction.length;
    }
  };
  decode(0);
  const size_t straight = out->size();
  for (size_t i = 0; i < targets.size(); ++i) {
    decode(targets[i] - range.begin);
  }
  if (out->size() != straight) {
    std::sort(out->begin() + static_cast<ptrdiff_t>(first), out->end(),
              [](const Instruction& a, const Instruction& b) {
                return a.address < b.address;
              });
  }
}

bool DecodeFrom(const Image& image, AddressRange range, uint64_t entry,
                std::vector<Instruction>* out) {
  absl::flat_hash_set<uint64_t> seen;
  for (const Instruction& instruction : *out) seen.insert(instruction.address);
  const size_t before = out->size();
  std::vector<uint64_t> queue = {entry};
  while (!queue.empty()) {
    const uint64_t address = queue.back();
    queue.pop_back();
    if (!range.contains(address) || !seen.insert(address).second) continue;
    const absl::string_view bytes =
        image.BytesFrom(address).substr(0, range.end - address);
    if (bytes.empty()) continue;
    out->push_back(DecodeInstruction(bytes, address));
    const Instruction& instruction = out->back();
    if (instruction.flow == Flow::kInvalid) {
      out->resize(before);
      return false;
    }
    if (HasTarget(instruction.flow)) queue.push_back(instruction.target);
    if (GoesOn(instruction.flow)) queue.push_back(instruction.end());
  }
  std::sort(out->begin(), out->end(),
            [](const Instruction& a, const Instruction& b) {
              return a.address < b.address;
            });
  return true;
}

Code::Code(std::vector<Instruction> instructions, const CodeContext& context)
    : instructions_(std::move(instructions)) {
  std::vector<bool> leaders(instructions_.size());
  FindLeaders(context, &leaders);
  MakeBlocks(leaders);
  Connect(context);
  entry_block_ = BlockAt(context.entry);
}

uint32_t Code::IndexOf(uint64_t address) const {
  auto at = std::lower_bound(
      instructions_.begin(), instructions_.end(), address,
      [](const Instruction& i, uint64_t a) { return i.address < a; });
  if (at == instructions_.end() || at->address != address) return kNoBlock;
  return static_cast<uint32_t>(at - instructions_.begin());
}

void Code::FindLeaders(const CodeContext& context, std::vector<bool>* leaders) {
  auto lead = [&](uint64_t address) {
    const uint32_t index = IndexOf(address);
    if (index != kNoBlock) (*leaders)[index] = true;
  };
  lead(context.entry);
  for (const auto& [address, reason] : context.entered) lead(address);
  for (uint64_t address : context.jump_targets) lead(address);
  for (size_t i = 0; i < instructions_.size(); ++i) {
    const Instruction& instruction = instructions_[i];
    if (HasTarget(instruction.flow)) lead(instruction.target);
    // Two streams of instructions, or ranges that are not neighbours.
    const bool next = i + 1 < instructions_.size() &&
                      instructions_[i + 1].address == instruction.end();
    if (next && !EndsBlock(instruction.flow)) continue;
    if (i + 1 < instructions_.size()) (*leaders)[i + 1] = true;
    if (!next && GoesOn(instruction.flow)) lead(instruction.end());
  }
}

void Code::MakeBlocks(const std::vector<bool>& leaders) {
  for (uint32_t i = 0; i < instructions_.size(); ++i) {
    if (i == 0 || leaders[i]) {
      blocks_.emplace_back();
      blocks_.back().first = i;
    }
    ++blocks_.back().count;
  }
}

uint32_t Code::BlockAt(uint64_t address) const {
  auto at = std::lower_bound(blocks_.begin(), blocks_.end(), address,
                             [this](const Block& block, uint64_t a) {
                               return instructions_[block.first].address < a;
                             });
  if (at == blocks_.end() || instructions_[at->first].address != address) {
    return kNoBlock;
  }
  return static_cast<uint32_t>(at - blocks_.begin());
}

void Code::Connect(const CodeContext& context) {
  for (const auto& [address, reason] : context.entered) {
    const uint32_t block = BlockAt(address);
    if (block == kNoBlock || blocks_[block].open) continue;
    blocks_[block].open = true;
    blocks_[block].open_reason = reason;
  }
  for (Block& block : blocks_) {
    auto add = [&](uint64_t address) {
      const uint32_t successor = BlockAt(address);
      if (successor != kNoBlock) block.successors.push_back(successor);
    };
    const Instruction& last = instructions_[block.first + block.count - 1];
    if (HasTarget(last.flow)) add(last.target);
    if (last.flow == Flow::kIndirectJump) {
      for (uint64_t address : context.jump_targets) add(address);
    }
    const bool returns =
        !std::binary_search(context.no_return_calls.begin(),
                            context.no_return_calls.end(), last.address);
    if (GoesOn(last.flow) && returns) add(last.end());
  }
}

}  // namespace chestnut::binalyzer
