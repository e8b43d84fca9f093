#include "binalyzer/object_reconciler.h"

#include <elf.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "binalyzer/code_scan.h"

namespace chestnut::binalyzer {
namespace {

using facts::Linkage;
using facts::SymbolType;
using facts::UnitKind;

// Regions are symbols, or sections with this bit.
constexpr uint32_t kSectionRegion = 0x80000000;

bool Defined(const ElfSymbol& symbol) {
  return symbol.section != ElfSymbol::kUndefined;
}

bool InSection(const ElfSymbol& symbol) {
  return Defined(symbol) && symbol.section != ElfSymbol::kAbsolute &&
         symbol.section != ElfSymbol::kCommon;
}

}  // namespace

ObjectReconciler::ObjectReconciler(const LinkedObject& object,
                                   const LinkContext& context)
    : object_(object),
      context_(context),
      elf_(object.elf),
      map_(object.elf),
      known_(object.units),
      supplement_(UnitKind::supplement, object.name),
      assembly_(UnitKind::assembly, object.name) {}

bool ObjectReconciler::IsOutput() const { return elf_.type() != ET_REL; }

absl::Status ObjectReconciler::Run() {
  if (absl::Status status = CheckCompiledCode(); !status.ok()) return status;
  for (uint32_t i = 0; i < elf_.symbols().size(); ++i) {
    const ElfSymbol& symbol = elf_.symbols()[i];
    if (!InSection(symbol) || !elf_.sections()[symbol.section].executable() ||
        symbol.type == STT_SECTION || symbol.name.empty()) {
      continue;
    }
    for (NameId name : Names(i)) {
      if (known_.HasFunction(name)) functions_.insert(name);
    }
    if (IsUnknownFunction(i)) unknown_functions_.insert(i);
  }
  DefineUnknownSymbols();
  ReadReferences();
  for (uint32_t i = 0; i < elf_.sections().size(); ++i) {
    if (!elf_.sections()[i].executable()) continue;
    FindUnrelocatedCalls(i);
    if (absl::Status status = ScanUnknownCode(i); !status.ok()) return status;
  }
  ResolveRegions();
  return absl::OkStatus();
}

absl::Status ObjectReconciler::Finish(std::vector<facts::UnitView>& units) {
  for (Supplement* part : {&supplement_, &assembly_}) {
    if (part->empty()) continue;
    absl::StatusOr<facts::UnitView> unit = part->Finish();
    if (!unit.ok()) return unit.status();
    units.push_back(*std::move(unit));
  }
  return absl::OkStatus();
}

// Compilers say who they are in .comment, or leave a file symbol and unwind
// tables; assemblers do neither by themselves.
absl::Status ObjectReconciler::CheckCompiledCode() const {
  if (!object_.units.empty() || object_.compiler_support ||
      context_.allow_unanalysed || IsOutput()) {
    return absl::OkStatus();
  }
  bool code = false;
  bool comment = false;
  bool unwind = false;
  for (const ElfSection& section : elf_.sections()) {
    code |= section.executable() && section.size > 0;
    comment |= section.name == ".comment" && section.size > 0;
    unwind |= section.name == ".eh_frame" && section.size > 0;
  }
  const bool file = std::any_of(
      elf_.symbols().begin(), elf_.symbols().end(),
      [](const ElfSymbol& symbol) { return symbol.type == STT_FILE; });
  if (!code || (!comment && !(unwind && file))) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "'", object_.name,
      "' is compiled code without facts; compile it with "
      "chestnut cc, or allow it with --chestnut-allow-unanalysed"));
}

absl::InlinedVector<NameId, 1> ObjectReconciler::Names(uint32_t symbol) const {
  const ElfSymbol& entry = elf_.symbols()[symbol];
  return known_.Find(entry.name, entry.local());
}

bool ObjectReconciler::IsUnknownFunction(uint32_t symbol) const {
  const ElfSymbol& entry = elf_.symbols()[symbol];
  if (absl::StartsWith(entry.name, ".L") || entry.type == STT_FILE ||
      (IsOutput() && context_.foreign.contains(entry.name))) {
    return false;
  }
  for (NameId name : Names(symbol)) {
    if (known_.HasFunction(name)) return false;
  }
  return true;
}

bool ObjectReconciler::IsAnnotated(absl::string_view name) const {
  return context_.annotated.contains(name);
}

std::vector<ObjectReconciler::Party> ObjectReconciler::OwnersOfCode(
    Place place) const {
  std::vector<Party> owners;
  const SymbolSet symbols = map_.Covering(place);
  bool foreign = false;
  for (uint32_t symbol : symbols) {
    for (NameId name : Names(symbol)) {
      if (known_.HasFunction(name)) {
        owners.push_back({PartyKind::kFunction, name});
      }
    }
    foreign |=
        IsOutput() && context_.foreign.contains(elf_.symbols()[symbol].name);
  }
  if (owners.empty() && !foreign && !(IsOutput() && symbols.empty())) {
    owners.push_back({PartyKind::kHub, 0});
  }
  return owners;
}

uint32_t ObjectReconciler::RegionOfSection(uint32_t section) const {
  return section | kSectionRegion;
}

std::vector<ObjectReconciler::Party> ObjectReconciler::OwnersOfData(
    Place place) const {
  std::vector<Party> owners;
  const SymbolSet symbols = map_.Covering(place);
  bool foreign = false;
  for (uint32_t symbol : symbols) {
    for (NameId name : Names(symbol)) {
      if (known_.HasObject(name)) owners.push_back({PartyKind::kObject, name});
    }
    foreign |=
        IsOutput() && context_.foreign.contains(elf_.symbols()[symbol].name);
  }
  if (!owners.empty() || foreign) return owners;
  for (uint32_t symbol : symbols) {
    owners.push_back({PartyKind::kRegion, RegionOf(symbol)});
  }
  if (owners.empty()) {
    owners.push_back({PartyKind::kRegion, RegionOfSection(place.section)});
  }
  return owners;
}

ObjectReconciler::Target ObjectReconciler::TargetOfSymbol(uint32_t symbol,
                                                          bool call) const {
  const ElfSymbol& entry = elf_.symbols()[symbol];
  const Target named = {false, symbol, call};
  if (!InSection(entry) || elf_.sections()[entry.section].executable()) {
    return named;
  }
  for (NameId name : Names(symbol)) {
    if (known_.HasObject(name)) return named;
  }
  if (IsOutput() && context_.foreign.contains(entry.name)) return named;
  // The compiler's own data, of which no facts speak: who refers to it refers
  // to what it holds.
  if (entry.local() || IsOutput()) return {true, RegionOf(symbol), call};
  return named;
}

void ObjectReconciler::AddDataTargets(Place place, uint64_t slack,
                                      std::vector<Target>& targets) const {
  std::set<Target> found;
  for (uint64_t i = 0; i <= slack; ++i) {
    for (uint32_t symbol : map_.Covering({place.section, place.offset + i})) {
      found.insert(TargetOfSymbol(symbol, false));
    }
  }
  if (found.empty()) {
    found.insert({true, RegionOfSection(place.section), false});
  }
  targets.insert(targets.end(), found.begin(), found.end());
}

std::vector<ObjectReconciler::Target> ObjectReconciler::TargetsOf(
    const Reference& reference) const {
  std::vector<Target> targets;
  if (reference.symbol.has_value()) {
    targets.push_back(TargetOfSymbol(*reference.symbol, reference.call));
    return targets;
  }
  if (!reference.to.has_value()) return targets;
  const Place to = *reference.to;
  if (to.section >= elf_.sections().size()) return targets;
  if (!elf_.sections()[to.section].executable()) {
    if (elf_.sections()[to.section].allocated()) {
      AddDataTargets(to, reference.slack, targets);
    }
    return targets;
  }
  // An address inside a function is a label (jump tables); a jump there is one
  // into the function's part that another section holds.
  const SymbolSet symbols =
      reference.call ? map_.Covering(to) : map_.StartingAt(to);
  for (uint32_t symbol : symbols) {
    targets.push_back({false, symbol, reference.call});
  }
  return targets;
}

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
        for (const Party& owner : owners) Record(owner, target);
      }
    }
    // Pieces of _init and _fini: assembled one after the other, they run.
    const bool init = section.name == ".init";
    if ((init || section.name == ".fini") && section.size > 0 &&
        object_.units.empty() && !IsOutput()) {
      supplement_.AddRoot(
          init ? facts::RootKind::constructor : facts::RootKind::destructor,
          Hub());
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
        if (InSection(symbol) && elf_.sections()[symbol.section].executable()) {
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

absl::Status ObjectReconciler::ScanUnknownCode(uint32_t section) {
  const absl::string_view code = elf_.sections()[section].bytes;
  std::vector<uint64_t> suspicious;
  for (uint64_t offset : FindSyscallBytes(code, 0, code.size())) {
    const std::vector<Party> owners = OwnersOfCode({section, offset});
    if (std::any_of(owners.begin(), owners.end(), [](const Party& owner) {
          return owner.kind == PartyKind::kHub;
        })) {
      suspicious.push_back(offset);
    }
  }
  return ReportSyscalls(section, suspicious);
}

absl::Status ObjectReconciler::ReportSyscalls(
    uint32_t section, const std::vector<uint64_t>& offsets) {
  for (uint64_t offset : offsets) {
    // Labels may stand between the function's beginning and its call.
    bool annotated = false;
    std::string nearest;
    for (uint64_t at = offset;;) {
      const SymbolSet symbols = map_.AtOrBefore({section, at});
      if (symbols.empty()) break;
      for (uint32_t symbol : symbols) {
        const ElfSymbol& entry = elf_.symbols()[symbol];
        if (nearest.empty()) nearest = std::string(entry.name);
        annotated |= IsAnnotated(entry.name);
      }
      const uint64_t start = map_.PlaceOf(symbols.front())->offset;
      if (annotated || start == 0) break;
      at = start - 1;
    }
    if (annotated) continue;
    if (context_.allow_unanalysed) {
      supplement_.AddUnknownSite(
          Hub(), absl::StrCat("system call in code without facts, in ",
                              nearest.empty() ? "unnamed code" : nearest));
      continue;
    }
    return absl::FailedPreconditionError(absl::StrCat(
        "'", nearest.empty() ? "unnamed code" : nearest, "' in '", object_.name,
        "' makes a system call that no facts explain; describe ",
        "it with CHESTNUT_ASSEMBLY_SYSCALL (chestnut.h) in a header given by "
        "--chestnut-annotations"));
  }
  return absl::OkStatus();
}

// Symbols that others can mean and no facts define: each is the hub, which
// refers to all that the unknown code refers to.
void ObjectReconciler::DefineUnknownSymbols() {
  for (uint32_t i = 0; i < elf_.symbols().size(); ++i) {
    const ElfSymbol& symbol = elf_.symbols()[i];
    if (!Defined(symbol) || symbol.name.empty() || symbol.type == STT_SECTION ||
        symbol.type == STT_FILE) {
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
    if (InSection(symbol) && !elf_.sections()[symbol.section].allocated()) {
      continue;
    }
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
    } else if (InSection(symbol)) {
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
  }
  return hub;
}

void ObjectReconciler::Record(const Party& party, const Target& target) {
  if (party.kind == PartyKind::kRegion) {
    region_targets_[party.id].insert(target);
    if (target.is_region) referrers_[target.id].insert(party);
    return;
  }
  if (target.is_region) {
    referrers_[target.id].insert(party);
    return;
  }
  if (!IsExplained(party, target)) AddEdge(party, target);
}

// Hands what unknown data refers to on to those who refer to the data. Where
// the facts of one of them explain it, the data is that one's (a table that the
// compiler made of its code), and the others only share the section.
void ObjectReconciler::ResolveRegions() {
  bool changed = true;
  while (changed) {
    changed = false;
    for (auto& [region, parties] : referrers_) {
      const std::set<Target> targets = region_targets_[region];
      for (const Party& party : parties) {
        if (party.kind != PartyKind::kRegion || party.id == region) continue;
        for (const Target& target : targets) {
          changed |= region_targets_[party.id].insert(target).second;
        }
      }
      for (const Target& target : targets) {
        if (!target.is_region || target.id == region) continue;
        for (const Party& party : parties) {
          if (party.kind == PartyKind::kRegion) continue;
          // referrers_ keeps its nodes, so inserting is safe here.
          changed |= referrers_[target.id].insert(party).second;
        }
      }
    }
  }
  for (const auto& [region, parties] : referrers_) {
    for (const Target& target : region_targets_[region]) {
      if (target.is_region) continue;
      if (auto it = named_regions_.find(region); it != named_regions_.end()) {
        AddObjectEdge(supplement_.Symbol({it->second, Linkage::external, ""},
                                         SymbolType::object),
                      target);
      }
      const bool explained = std::any_of(
          parties.begin(), parties.end(),
          [&](const Party& party) { return IsExplained(party, target); });
      if (explained) continue;
      for (const Party& party : parties) {
        if (party.kind != PartyKind::kRegion) AddEdge(party, target);
      }
    }
  }
}

bool ObjectReconciler::IsExplained(const Party& party, const Target& target) {
  if (party.kind != PartyKind::kFunction && party.kind != PartyKind::kObject) {
    return false;
  }
  if (party.kind == PartyKind::kFunction &&
      context_.annotated_calls.contains(
          {known_.TextOf(party.id), elf_.symbols()[target.id].name})) {
    return true;
  }
  for (NameId name : Names(target.id)) {
    const bool known = party.kind == PartyKind::kObject
                           ? known_.ObjectRefers(party.id, name)
                       : target.call ? known_.Calls(party.id, name)
                                     : known_.Refers(party.id, name);
    if (known) return true;
  }
  return false;
}

Supplement::Name ObjectReconciler::NameOfKnown(NameId name,
                                               absl::string_view text) const {
  Supplement::Name result;
  result.text = std::string(text);
  if (known_.IsInternal(name)) {
    result.linkage = Linkage::internal;
    result.file = std::string(known_.FileOf(name));
  }
  return result;
}

SymbolType ObjectReconciler::TypeOf(uint32_t symbol, bool call) const {
  const ElfSymbol& entry = elf_.symbols()[symbol];
  if (InSection(entry)) {
    return elf_.sections()[entry.section].executable() ? SymbolType::function
                                                       : SymbolType::object;
  }
  if (entry.type == STT_TLS || entry.section == ElfSymbol::kCommon) {
    return SymbolType::object;
  }
  return call ? SymbolType::function : SymbolType::unknown;
}

uint32_t ObjectReconciler::SupplementSymbol(uint32_t symbol, SymbolType type) {
  const ElfSymbol& entry = elf_.symbols()[symbol];
  for (NameId name : Names(symbol)) {
    if (known_.HasFunction(name) || known_.HasObject(name)) {
      return supplement_.Symbol(NameOfKnown(name, known_.TextOf(name)), type);
    }
  }
  // Unknown local code is the hub.
  if (entry.local() && unknown_functions_.contains(symbol) &&
      !known_.IsUndefined(entry.name)) {
    return Hub();
  }
  Supplement::Name name = {std::string(entry.name), Linkage::external, ""};
  if (entry.binding == STB_WEAK && !Defined(entry)) {
    name.linkage = Linkage::weak;
  }
  return supplement_.Symbol(name, type);
}

void ObjectReconciler::AddEdge(const Party& party, const Target& target) {
  switch (party.kind) {
    case PartyKind::kFunction:
      AddFunctionEdge(
          supplement_.Symbol(NameOfKnown(party.id, known_.TextOf(party.id)),
                             SymbolType::function),
          target);
      return;
    case PartyKind::kObject:
      AddObjectEdge(
          supplement_.Symbol(NameOfKnown(party.id, known_.TextOf(party.id)),
                             SymbolType::object),
          target);
      return;
    case PartyKind::kAllFunctions:
      for (NameId name : functions_) {
        const Party function = {PartyKind::kFunction, name};
        if (!IsExplained(function, target)) AddEdge(function, target);
      }
      return;
    case PartyKind::kHub:
      AddFunctionEdge(Hub(), target);
      // Code without types may call whatever it has the address of.
      if (TypeOf(target.id, target.call) != SymbolType::object) {
        supplement_.AddCall(
            Hub(), SupplementSymbol(target.id, TypeOf(target.id, target.call)));
      }
      return;
    case PartyKind::kRegion:
      return;
  }
}

void ObjectReconciler::AddFunctionEdge(uint32_t function,
                                       const Target& target) {
  const SymbolType type = TypeOf(target.id, target.call);
  const uint32_t symbol = SupplementSymbol(target.id, type);
  if (target.call) {
    supplement_.AddCall(function, symbol);
    return;
  }
  if (type != SymbolType::object) supplement_.AddAddressTaken(function, symbol);
  if (type != SymbolType::function) supplement_.AddObject(function, symbol);
}

void ObjectReconciler::AddObjectEdge(uint32_t object, const Target& target) {
  const SymbolType type = TypeOf(target.id, target.call);
  const uint32_t symbol = SupplementSymbol(target.id, type);
  if (type != SymbolType::object) {
    supplement_.AddObjectAddressTaken(object, symbol);
  }
  if (type != SymbolType::function) supplement_.AddObjectObject(object, symbol);
}

}  // namespace chestnut::binalyzer
