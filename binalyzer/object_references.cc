// What an object file refers to, and what is in code that no facts know.
#include <elf.h>

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "binalyzer/code_scan.h"
#include "binalyzer/object_code.h"
#include "binalyzer/object_reconciler.h"

namespace chestnut::binalyzer {

using facts::Linkage;
using facts::SymbolType;

void ObjectReconciler::ReadReferences() {
  for (uint32_t i = 0; i < elf_.sections().size(); ++i) {
    const ElfSection& section = elf_.sections()[i];
    if (HoldsStartupArray(section)) ReadStartupArray(i, false);
    if (HoldsExitArray(section)) ReadStartupArray(i, true);
    if (section.name == ".eh_frame" && !IsOutput()) ReadUnwindTables(i);
    if (!section.executable() && !HoldsData(section)) continue;
    for (const Reference& reference : map_.References(i)) {
      const std::vector<Party> owners = section.executable()
                                            ? OwnersOfCode(reference.from)
                                            : OwnersOfData(reference.from);
      for (const Target& target : TargetsOf(reference)) {
        RecordOne(owners, target);
      }
    }
  }
}

void ObjectReconciler::ReadStartupArray(uint32_t section, bool exit) {
  const facts::RootKind kind =
      exit ? facts::RootKind::destructor : facts::RootKind::constructor;
  for (const Reference& reference : map_.References(section)) {
    bool known_entry = false;
    for (const Party& owner : OwnersOfData(reference.from)) {
      known_entry |= owner.kind == PartyKind::kObject;
    }
    // The callgraph knows the arrays that the source itself declares.
    if (known_entry) continue;
    for (const Target& target : TargetsOf(reference)) {
      if (target.is_region) continue;
      const ElfSymbol& symbol = elf_.symbols()[target.id];
      if (IsOutput() && context_.foreign.contains(symbol.name)) continue;
      bool root = false;
      for (NameId name : Names(target.id)) {
        root |= known_.roots().contains(name);
      }
      if (root) continue;
      supplement_.AddRoot(kind,
                          SupplementSymbol(target.id, SymbolType::function));
    }
  }
}

// Functions that raise or are unwound reach the personality routine and what
// its tables refer to.
void ObjectReconciler::ReadUnwindTables(uint32_t section) {
  for (const Reference& reference : map_.References(section)) {
    for (const Target& target : TargetsOf(reference)) {
      if (!target.is_region) {
        const ElfSymbol& symbol = elf_.symbols()[target.id];
        if (symbol.in_section() &&
            elf_.sections()[symbol.section].executable()) {
          continue;
        }
      }
      Record({PartyKind::kAllFunctions, 0}, target);
    }
  }
}

// Calls within a section to local functions have no relocation. The compiler
// makes none to its source's functions that facts would not know; to functions
// of file-scope assembly it may.
void ObjectReconciler::FindUnrelocatedCalls(uint32_t section) {
  if (IsOutput()) return;
  std::map<uint64_t, std::vector<uint32_t>> starts;
  const bool all = !functions_.empty() && !unknown_functions_.empty();
  if (!all) return;
  for (uint32_t i = 0; i < elf_.symbols().size(); ++i) {
    const ElfSymbol& symbol = elf_.symbols()[i];
    if (symbol.section == section && !symbol.name.empty() &&
        symbol.type != STT_SECTION) {
      starts[symbol.value].push_back(i);
    }
  }
  const absl::string_view code = elf_.sections()[section].bytes;
  for (uint64_t offset = 0; offset + 4 <= code.size(); ++offset) {
    const std::optional<uint64_t> target = RelativeTarget(code, offset);
    if (!target.has_value()) continue;
    auto it = starts.find(*target);
    if (it == starts.end()) continue;
    for (const Party& owner : OwnersOfCode({section, offset})) {
      for (uint32_t symbol : it->second) {
        // Between known functions the facts have every edge.
        if (owner.kind != PartyKind::kHub &&
            !unknown_functions_.contains(symbol)) {
          continue;
        }
        Record(owner, {false, symbol, true});
      }
    }
  }
}

// Relocations say what unknown code refers to. What it does by itself, system
// calls and calls through pointers, its instructions say.
void ObjectReconciler::ScanUnknownCode(uint32_t section) {
  const absl::string_view code = elf_.sections()[section].bytes;
  std::vector<uint64_t> offsets = FindSyscallBytes(code, 0, code.size());
  if (!IsOutput()) {
    const std::vector<uint64_t> indirect = FindIndirectCallBytes(code);
    offsets.insert(offsets.end(), indirect.begin(), indirect.end());
  }
  for (uint64_t offset : offsets) {
    const Place place = {section, offset};
    const std::vector<Party> owners = OwnersOfCode(place);
    if (std::none_of(owners.begin(), owners.end(), [](const Party& owner) {
          return owner.kind == PartyKind::kHub;
        })) {
      continue;
    }
    const std::string name = UnannotatedCodeAt(place);
    if (name.empty()) continue;
    if (!IsOutput()) {
      code_read_ = true;
      return;
    }
    // With link-time optimisation it has lost its borders.
    supplement_.AddUnknownSite(
        Hub(), absl::StrCat("system call in assembly without facts, in '", name,
                            "'; describe it with CHESTNUT_ASSEMBLY_SYSCALL "
                            "(chestnut.h) in a header given by "
                            "--chestnut-annotations"));
  }
}

// The function there, for people; empty if annotations say what it does.
// Labels may stand between the function's beginning and the place, but no
// function of which the end is known.
std::string ObjectReconciler::UnannotatedCodeAt(Place place) const {
  std::string nearest;
  for (uint64_t at = place.offset;;) {
    const SymbolSet symbols = map_.AtOrBefore({place.section, at});
    if (symbols.empty()) break;
    const uint64_t start = map_.PlaceOf(symbols.front())->offset;
    bool ended = false;
    for (uint32_t symbol : symbols) {
      const ElfSymbol& entry = elf_.symbols()[symbol];
      const bool over = entry.size != 0 && place.offset - start >= entry.size;
      ended |= over;
      if (!over && IsAnnotated(entry.name)) return "";
      if (!over && nearest.empty()) nearest = std::string(entry.name);
    }
    if (ended || start == 0) break;
    at = start - 1;
  }
  return nearest.empty() ? "unnamed code" : nearest;
}

// Symbols that others can mean and no facts define: each is the hub, which
// refers to all that the unknown code refers to.
void ObjectReconciler::DefineUnknownSymbols() {
  for (uint32_t i = 0; i < elf_.symbols().size(); ++i) {
    const ElfSymbol& symbol = elf_.symbols()[i];
    if (!symbol.defined() || symbol.name.empty() ||
        symbol.type == STT_SECTION || symbol.type == STT_FILE) {
      continue;
    }
    if (IsOutput() && context_.foreign.contains(symbol.name)) continue;
    // C code may mean a local symbol of file-scope assembly.
    const bool wanted = known_.IsUndefined(symbol.name);
    if (symbol.local() && !wanted) continue;
    const bool function = unknown_functions_.contains(i);
    bool known = IsAnnotated(symbol.name);
    for (NameId name : Names(i)) {
      known |= known_.HasFunction(name) || known_.HasObject(name);
    }
    // In a linked program the rest is the linker's.
    if (known || (!function && IsOutput())) continue;
    if (symbol.in_section() && !elf_.sections()[symbol.section].allocated()) {
      continue;
    }
    // The unit of the code defines them.
    if (code_read_ && !symbol.local()) continue;
    // Compilers' own symbols are in COMDAT groups, equal in all objects.
    const bool equal = symbol.local() ||
                       (symbol.binding == STB_WEAK && !object_.units.empty());
    const Linkage linkage = equal                        ? Linkage::linkonce
                            : symbol.binding == STB_WEAK ? Linkage::weak
                                                         : Linkage::external;
    const uint32_t defined =
        assembly_.Symbol({std::string(symbol.name), linkage, ""},
                         function ? SymbolType::function : SymbolType::object);
    assembly_.Define(defined);
    if (function) {
      assembly_.SetUntyped(defined);
      assembly_.AddCall(
          defined, assembly_.Symbol({absl::StrCat("code of ", object_.name),
                                     Linkage::external, ""},
                                    SymbolType::function));
      Hub();
    } else if (symbol.in_section()) {
      // What it holds hangs on its region; who refers to the name refers to it.
      named_regions_.try_emplace(RegionOf(i), symbol.name);
      referrers_[RegionOf(i)];
    }
  }
}

uint32_t ObjectReconciler::Hub() {
  const uint32_t hub = supplement_.Symbol(
      {absl::StrCat("code of ", object_.name), Linkage::external, ""},
      SymbolType::function);
  if (!hub_used_) {
    hub_used_ = true;
    supplement_.SetUntyped(hub);
    if (code_read_) {
      supplement_.AddCall(
          hub, supplement_.Symbol({AnyCodeOf(object_), Linkage::external, ""},
                                  SymbolType::function));
    }
  }
  return hub;
}

}  // namespace chestnut::binalyzer
