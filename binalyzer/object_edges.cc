// What the references of an object file add to the facts.
#include <elf.h>

#include <algorithm>

#include "binalyzer/known_functions.h"
#include "binalyzer/object_reconciler.h"

namespace chestnut::binalyzer {

using facts::Linkage;
using facts::SymbolType;

// Compilers add calls of their own runtime and of what C's headers declare
// instead of others; none of these has arguments that matter. So one of the
// parties has the call in its facts, with its arguments. Which of several
// closures it is, is not known then.
void ObjectReconciler::RecordOne(const std::vector<Party>& parties,
                                 const Target& target) {
  const bool explained =
      parties.size() > 1 && !target.is_region && target.call &&
      WantedArguments(elf_.symbols()[target.id].name) != 0 &&
      std::any_of(parties.begin(), parties.end(), [&](const Party& party) {
        return IsExplained(party, target);
      });
  if (explained) return;
  for (const Party& party : parties) Record(party, target);
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

bool ObjectReconciler::Explains(const Party& party, NameId name, bool call) {
  if (party.kind == PartyKind::kObject) {
    return known_.ObjectRefers(party.id, name);
  }
  return call ? known_.Calls(party.id, name) : known_.Refers(party.id, name);
}

bool ObjectReconciler::IsExplained(const Party& party, const Target& target) {
  if (party.kind != PartyKind::kFunction && party.kind != PartyKind::kObject) {
    return false;
  }
  for (NameId name : Names(target.id)) {
    if (Explains(party, name, target.call)) return true;
  }
  const std::vector<NameId> closures = Closures(target.id);
  return !closures.empty() &&
         std::all_of(closures.begin(), closures.end(), [&](NameId name) {
           return Explains(party, name, target.call);
         });
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
  if (entry.in_section()) {
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
  if (entry.binding == STB_WEAK && !entry.defined()) {
    name.linkage = Linkage::weak;
  }
  return supplement_.Symbol(name, type);
}

std::vector<uint32_t> ObjectReconciler::SupplementSymbols(uint32_t symbol,
                                                          SymbolType type) {
  std::vector<uint32_t> symbols;
  for (NameId name : Closures(symbol)) {
    symbols.push_back(
        supplement_.Symbol(NameOfKnown(name, known_.TextOf(name)), type));
  }
  if (symbols.empty()) symbols.push_back(SupplementSymbol(symbol, type));
  return symbols;
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
      if (const SymbolType type = TypeOf(target.id, target.call);
          type != SymbolType::object) {
        for (uint32_t symbol : SupplementSymbols(target.id, type)) {
          supplement_.AddCall(Hub(), symbol);
        }
      }
      return;
    case PartyKind::kRegion:
      return;
  }
}

void ObjectReconciler::AddFunctionEdge(uint32_t function,
                                       const Target& target) {
  const SymbolType type = TypeOf(target.id, target.call);
  for (uint32_t symbol : SupplementSymbols(target.id, type)) {
    if (target.call) {
      supplement_.AddCall(function, symbol);
      continue;
    }
    if (type != SymbolType::object) {
      supplement_.AddAddressTaken(function, symbol);
    }
    if (type != SymbolType::function) supplement_.AddObject(function, symbol);
  }
}

void ObjectReconciler::AddObjectEdge(uint32_t object, const Target& target) {
  const SymbolType type = TypeOf(target.id, target.call);
  for (uint32_t symbol : SupplementSymbols(target.id, type)) {
    if (type != SymbolType::object) {
      supplement_.AddObjectAddressTaken(object, symbol);
    }
    if (type != SymbolType::function) {
      supplement_.AddObjectObject(object, symbol);
    }
  }
}

}  // namespace chestnut::binalyzer
