#include "binalyzer/object_reconciler.h"

#include <elf.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "binalyzer/object_code.h"

namespace chestnut::binalyzer {
namespace {

using facts::UnitKind;

// Regions are symbols, or sections with this bit.
constexpr uint32_t kSectionRegion = 0x80000000;

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

void ObjectReconciler::Run() {
  for (uint32_t i = 0; i < elf_.symbols().size(); ++i) {
    const ElfSymbol& symbol = elf_.symbols()[i];
    if (!symbol.in_section() || !elf_.sections()[symbol.section].executable() ||
        symbol.type == STT_SECTION || symbol.name.empty()) {
      continue;
    }
    for (NameId name : Names(i)) {
      if (known_.HasFunction(name)) functions_.insert(name);
    }
    for (NameId name : Closures(i)) functions_.insert(name);
    if (IsUnknownFunction(i)) unknown_functions_.insert(i);
  }
  for (uint32_t i = 0; i < elf_.sections().size(); ++i) {
    if (elf_.sections()[i].executable()) ScanUnknownCode(i);
  }
  DefineUnknownSymbols();
  ReadReferences();
  for (uint32_t i = 0; i < elf_.sections().size(); ++i) {
    if (elf_.sections()[i].executable()) FindUnrelocatedCalls(i);
  }
  ResolveRegions();
}

absl::Status ObjectReconciler::Finish(std::vector<facts::UnitView>& units) {
  for (Supplement* part : {&supplement_, &assembly_}) {
    if (part->empty()) continue;
    absl::StatusOr<facts::UnitView> unit = part->Finish();
    if (!unit.ok()) return unit.status();
    units.push_back(*std::move(unit));
  }
  if (!code_read_) return absl::OkStatus();
  absl::StatusOr<facts::UnitView> code =
      RestOfObjectCode(object_, context_.annotated, known_);
  if (!code.ok()) return code.status();
  units.push_back(*std::move(code));
  return absl::OkStatus();
}

absl::InlinedVector<NameId, 1> ObjectReconciler::Names(uint32_t symbol) const {
  const ElfSymbol& entry = elf_.symbols()[symbol];
  return known_.Find(entry.name, entry.local());
}

std::vector<NameId> ObjectReconciler::Closures(uint32_t symbol) const {
  const ElfSymbol& entry = elf_.symbols()[symbol];
  if (!entry.local() || !Names(symbol).empty()) return {};
  return known_.FindClosures(entry.name);
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
  return Closures(symbol).empty();
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
    for (NameId name : Closures(symbol)) {
      owners.push_back({PartyKind::kFunction, name});
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
  if (!entry.in_section() || elf_.sections()[entry.section].executable()) {
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

}  // namespace chestnut::binalyzer
