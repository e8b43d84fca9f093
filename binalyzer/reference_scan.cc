#include "binalyzer/reference_scan.h"

#include <algorithm>
#include <optional>

#include "binalyzer/code.h"
#include "binalyzer/forward_reads.h"

namespace chestnut::binalyzer {
namespace {

class Scanner {
 public:
  Scanner(const Image& image, AddressRange range)
      : image_(image),
        relocated_(image.kind() == ImageKind::kRelocatable ||
                   image.dynamic().text_relocations),
        fixed_(image.kind() == ImageKind::kExecutable) {
    scan_.range = range;
  }

  RangeScan Run(const std::vector<Instruction>* buffer) {
    scan_.instructions = buffer->size();
    for (size_t i = 0; i < buffer->size(); ++i) {
      const size_t known = scan_.references.size();
      Add((*buffer)[i]);
      if (!relocated_ && scan_.references.size() == known + 1) {
        scan_.references.back().guard = GuardOfForwardRead(image_, *buffer, i);
      }
    }
    CheckGuards(*buffer);
    FindEnd(*buffer);
    return std::move(scan_);
  }

 private:
  void Add(const Instruction& instruction) {
    AddFlow(instruction);
    if (relocated_) AddWrite(instruction);
    if (relocated_ && (instruction.displacement_offset != 0 ||
                       instruction.immediate_offset != 0)) {
      AddRelocated(instruction);
      return;
    }
    if (instruction.flow == Flow::kCall) {
      Refer(instruction, ReferenceKind::kCall, instruction.target);
    } else if (LeavesRange(instruction)) {
      Refer(instruction, ReferenceKind::kJump, instruction.target);
    }
    if (instruction.has_memory) AddMemory(instruction);
    if (fixed_ && instruction.has_immediate) {
      AddNumber(instruction, static_cast<uint64_t>(instruction.immediate));
      // Where the operand is 32 bits wide, it is zero-extended.
      if (instruction.immediate < 0) {
        AddNumber(instruction, static_cast<uint32_t>(instruction.immediate));
      }
    }
  }

  // Nothing in the range may jump in between.
  void CheckGuards(const std::vector<Instruction>& instructions) {
    std::vector<CodeReference*> guarded;
    for (CodeReference& reference : scan_.references) {
      if (scan_.has_indirect_jump) reference.guard = 0;
      if (reference.guard != 0) guarded.push_back(&reference);
    }
    if (guarded.empty()) return;
    std::vector<uint64_t> targets;
    for (const Instruction& instruction : instructions) {
      if (instruction.flow == Flow::kJump ||
          instruction.flow == Flow::kBranch) {
        targets.push_back(instruction.target);
      }
    }
    std::sort(targets.begin(), targets.end());
    for (CodeReference* reference : guarded) {
      const auto next =
          std::upper_bound(targets.begin(), targets.end(), reference->guard);
      if (next != targets.end() && *next <= reference->from) {
        reference->guard = 0;
      }
    }
  }

  void AddFlow(const Instruction& instruction) {
    switch (instruction.flow) {
      case Flow::kNext:
        return;
      case Flow::kSyscall:
      case Flow::kSysenter:
      case Flow::kInt80:
        scan_.sites.push_back({instruction.address, instruction.flow});
        return;
      case Flow::kInvalid:
        scan_.undecoded.push_back(instruction.address);
        break;
      case Flow::kIndirectJump:
        scan_.has_indirect_jump = true;
        break;
      default:
        break;
    }
    Transfer transfer{.from = instruction.address,
                      .target = instruction.target,
                      .length = instruction.length,
                      .flow = instruction.flow};
    if (instruction.has_memory && instruction.memory.IsAddress()) {
      transfer.target = static_cast<uint64_t>(instruction.memory.displacement);
    }
    if (relocated_ && instruction.immediate_offset != 0) {
      transfer.symbol =
          SymbolAt(instruction.address + instruction.immediate_offset);
    }
    scan_.transfers.push_back(transfer);
  }

  bool LeavesRange(const Instruction& instruction) const {
    return (instruction.flow == Flow::kJump ||
            instruction.flow == Flow::kBranch) &&
           !scan_.range.contains(instruction.target);
  }

  void Refer(const Instruction& instruction, ReferenceKind kind,
             uint64_t address, uint32_t symbol = kNoSymbol) {
    scan_.references.push_back({.from = instruction.address,
                                .address = address,
                                .symbol = symbol,
                                .kind = kind});
  }

  static ReferenceKind KindOfMemory(const Instruction& instruction) {
    if (instruction.flow == Flow::kIndirectCall) {
      return ReferenceKind::kCallThrough;
    }
    if (instruction.flow == Flow::kIndirectJump) {
      return ReferenceKind::kJumpThrough;
    }
    if (instruction.operation == Operation::kAddressOf) {
      return ReferenceKind::kAddress;
    }
    if (instruction.compares) return ReferenceKind::kTest;
    if (instruction.operation == Operation::kMove && instruction.width == 8 &&
        instruction.destination.kind == OperandKind::kRegister) {
      return ReferenceKind::kLoad;
    }
    return ReferenceKind::kAccess;
  }

  void AddMemory(const Instruction& instruction) {
    const MemoryOperand& memory = instruction.memory;
    const auto address = static_cast<uint64_t>(memory.displacement);
    if (memory.thread_local_segment) return;
    if (memory.pc_relative) {
      Refer(instruction, KindOfMemory(instruction), address);
    } else if (fixed_ && instruction.displacement_offset != 0) {
      if (memory.IsAddress()) {
        if (image_.SegmentAt(address) != nullptr) {
          Refer(instruction, KindOfMemory(instruction), address);
        }
      } else {
        AddNumber(instruction, address);
      }
    }
  }

  bool WritesMemory(const Instruction& instruction) const {
    if (instruction.flow != Flow::kNext) return false;
    if (instruction.operation != Operation::kOther) {
      return instruction.destination.kind == OperandKind::kMemory;
    }
    const auto code = image_.BytesAt(instruction.address, instruction.length);
    return !code.has_value() || EffectsOf(*code).writes_memory;
  }

  // Less than a pointer, or a number: an address has a relocation, and so the
  // function that it is of is known to be taken.
  static bool StoresNoPointer(const Instruction& instruction) {
    switch (instruction.operation) {
      case Operation::kMove:
        return instruction.width < 8 ||
               instruction.source.kind == OperandKind::kImmediate;
      case Operation::kSetFromFlags:
      case Operation::kIncrement:
      case Operation::kDecrement:
        return true;
      case Operation::kAdd:
      case Operation::kSubtract:
      case Operation::kAnd:
      case Operation::kOr:
      case Operation::kXor:
        return instruction.width < 8;
      default:
        return false;
    }
  }

  // Variables that it names may be those of source, which believes that it
  // knows what is in them.
  void AddWrite(const Instruction& instruction) {
    if (scan_.writes_through_pointers || !WritesMemory(instruction)) return;
    const MemoryOperand& memory = instruction.memory;
    const bool own_frame =
        memory.base == kRsp && memory.index == kNoRegister && !memory.untracked;
    const bool named = (memory.pc_relative || memory.IsAddress()) &&
                       StoresNoPointer(instruction);
    scan_.writes_through_pointers = !instruction.has_memory ||
                                    memory.thread_local_segment ||
                                    (!own_frame && !named);
  }

  void AddNumber(const Instruction& instruction, uint64_t number) {
    if (image_.SegmentAt(number) == nullptr) return;
    Refer(instruction, ReferenceKind::kAddressOrNumber, number);
  }

  // The symbol of a relocation decides, not where it points now: it may be
  // defined better elsewhere.
  void AddRelocated(const Instruction& instruction) {
    if (instruction.flow == Flow::kCall || instruction.flow == Flow::kJump ||
        instruction.flow == Flow::kBranch) {
      const bool call = instruction.flow == Flow::kCall;
      const uint32_t symbol =
          SymbolAt(instruction.address + instruction.immediate_offset);
      if (call || symbol != kNoSymbol || LeavesRange(instruction)) {
        Refer(instruction, call ? ReferenceKind::kCall : ReferenceKind::kJump,
              instruction.target, symbol);
      }
    }
    if (instruction.has_memory && instruction.displacement_offset != 0 &&
        !instruction.memory.thread_local_segment) {
      AddRelocatedMemory(instruction);
    }
    if (instruction.has_immediate) {
      const ImageRelocation* relocation = image_.RelocationAt(
          instruction.address + instruction.immediate_offset);
      if (relocation != nullptr) {
        AddTarget(instruction, *relocation, ReferenceKind::kAddress);
      }
    }
  }

  void AddRelocatedMemory(const Instruction& instruction) {
    const ImageRelocation* relocation = image_.RelocationAt(
        instruction.address + instruction.displacement_offset);
    const ReferenceKind kind = KindOfMemory(instruction);
    if (instruction.memory.pc_relative) {
      uint32_t symbol = kNoSymbol;
      if (relocation != nullptr) {
        // The displacement leads to the GOT slot; who reads it will see.
        if (relocation->kind != RelocationKind::kGotRelative) {
          symbol = NamedSymbol(relocation->symbol);
        }
        if (IsThreadLocal(*relocation)) return;
      }
      Refer(instruction, kind,
            static_cast<uint64_t>(instruction.memory.displacement), symbol);
    } else if (relocation != nullptr) {
      AddTarget(
          instruction, *relocation,
          instruction.memory.IsAddress() ? kind : ReferenceKind::kAddress);
    }
  }

  static bool IsThreadLocal(const ImageRelocation& relocation) {
    return relocation.kind == RelocationKind::kThreadOffset ||
           relocation.kind == RelocationKind::kThreadModule ||
           relocation.kind == RelocationKind::kThreadDescriptor ||
           relocation.kind == RelocationKind::kSize;
  }

  void AddTarget(const Instruction& instruction,
                 const ImageRelocation& relocation, ReferenceKind kind) {
    if (IsThreadLocal(relocation)) return;
    const std::optional<uint64_t> target = image_.TargetOf(relocation);
    const uint32_t symbol = NamedSymbol(relocation.symbol);
    if (!target.has_value() && symbol == kNoSymbol) return;
    Refer(instruction, kind, target.value_or(0), symbol);
  }

  uint32_t SymbolAt(uint64_t address) const {
    const ImageRelocation* relocation = image_.RelocationAt(address);
    return relocation == nullptr ? kNoSymbol : NamedSymbol(relocation->symbol);
  }

  // Only of symbols that others may define, too: of others the address says
  // more.
  uint32_t NamedSymbol(uint32_t symbol) const {
    if (symbol == kNoSymbol) return kNoSymbol;
    const ImageSymbol& found = image_.symbols()[symbol];
    return found.binding == SymbolBinding::kLocal || found.name.empty()
               ? kNoSymbol
               : symbol;
  }

  void FindEnd(const std::vector<Instruction>& instructions) {
    for (auto last = instructions.rbegin(); last != instructions.rend();
         ++last) {
      if (last->end() > scan_.range.end) continue;
      const bool padding = last->flow == Flow::kNext &&
                           last->operation == Operation::kNothing &&
                           !last->compares;
      if (padding) continue;
      scan_.ends_in_call =
          last->flow == Flow::kCall || last->flow == Flow::kIndirectCall;
      scan_.falls_through =
          last->flow != Flow::kJump && last->flow != Flow::kIndirectJump &&
          last->flow != Flow::kReturn && last->flow != Flow::kStop &&
          last->flow != Flow::kInvalid;
      return;
    }
    // Nothing but padding: a name for what comes next.
    scan_.falls_through = !instructions.empty();
  }

  const Image& image_;
  const bool relocated_;
  const bool fixed_;
  RangeScan scan_;
};

}  // namespace

RangeScan ScanReferences(const Image& image, AddressRange range,
                         std::vector<Instruction>* buffer) {
  buffer->clear();
  DecodeRange(image, range, buffer);
  return Scanner(image, range).Run(buffer);
}

RangeScan ScanReferencesFrom(const Image& image, AddressRange range,
                             absl::Span<const uint64_t> entries,
                             std::vector<Instruction>* buffer) {
  buffer->clear();
  for (uint64_t entry : entries) DecodeFrom(image, range, entry, buffer);
  return Scanner(image, range).Run(buffer);
}

}  // namespace chestnut::binalyzer
