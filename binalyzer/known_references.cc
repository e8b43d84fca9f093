#include "binalyzer/known_references.h"

#include <utility>

#include "absl/strings/match.h"

namespace chestnut::binalyzer {
namespace {

using facts::kNone;

// What optimisers append to a function's name for a part or copy of it.
constexpr absl::string_view kDerived[] = {
    ".cold",   ".part.",   ".isra.",   ".constprop.", ".llvm.",
    ".resume", ".destroy", ".cleanup", ".lto_priv.",  ".localalias"};

absl::string_view WithoutDerivation(absl::string_view name) {
  size_t end = name.size();
  for (absl::string_view suffix : kDerived) {
    const size_t position = name.find(suffix, 1);
    if (position != absl::string_view::npos && position < end) end = position;
  }
  return name.substr(0, end);
}

}  // namespace

KnownReferences::KnownReferences(const std::vector<facts::UnitView>& units)
    : units_(units), names_(units.size()) {
  for (uint32_t unit = 0; unit < units.size(); ++unit) AddUnit(unit);
}

NameId KnownReferences::NewName(absl::string_view text, uint32_t unit) {
  const NameId name = static_cast<NameId>(unit_of_.size());
  texts_.push_back(text);
  unit_of_.push_back(unit);
  alias_of_.push_back(name);
  defined_.push_back(false);
  functions_.emplace_back();
  objects_.emplace_back();
  return name;
}

void KnownReferences::AddUnit(uint32_t unit) {
  const facts::UnitView& view = units_[unit];
  const facts::Unit& facts = view.unit();
  if (facts.symbols() == nullptr) return;
  for (uint32_t i = 0; i < facts.symbols()->size(); ++i) {
    const facts::Symbol* symbol = facts.symbols()->Get(i);
    const absl::string_view text = view.SymbolName(i);
    NameId name;
    if (symbol->linkage() == facts::Linkage::internal) {
      name = NewName(text, unit);
      internal_[text].push_back(name);
    } else {
      auto [it, added] = external_.try_emplace(text, 0);
      if (added) it->second = NewName(text, kNone);
      name = it->second;
    }
    if (symbol->defined()) defined_[name] = true;
    names_[unit].push_back(name);
  }
  for (uint32_t i = 0; i < facts.symbols()->size(); ++i) {
    const uint32_t alias = facts.symbols()->Get(i)->alias_of();
    if (alias != kNone) alias_of_[names_[unit][i]] = names_[unit][alias];
  }
  if (facts.functions() != nullptr) {
    for (const facts::Function* function : *facts.functions()) {
      functions_[names_[unit][function->symbol()]].push_back({unit, function});
    }
  }
  if (facts.objects() != nullptr) {
    for (const facts::DataObject* object : *facts.objects()) {
      objects_[names_[unit][object->symbol()]].push_back({unit, object});
    }
  }
  if (facts.roots() != nullptr) {
    for (const facts::Root* root : *facts.roots()) {
      roots_.insert(NameOf(unit, root->symbol()));
    }
  }
}

NameId KnownReferences::NameOf(uint32_t unit, uint32_t symbol) const {
  NameId name = names_[unit][symbol];
  // Aliases of aliases are rare; a cycle would be a broken unit.
  for (int depth = 0; depth < 8 && alias_of_[name] != name; ++depth) {
    name = alias_of_[name];
  }
  return name;
}

absl::InlinedVector<NameId, 1> KnownReferences::Find(absl::string_view name,
                                                     bool local) const {
  absl::InlinedVector<NameId, 1> result;
  for (absl::string_view text : {name, WithoutDerivation(name)}) {
    if (local) {
      auto it = internal_.find(text);
      if (it != internal_.end()) {
        result.insert(result.end(), it->second.begin(), it->second.end());
      }
    }
    auto it = external_.find(text);
    if (it != external_.end()) result.push_back(it->second);
    if (!result.empty()) break;
  }
  for (NameId& found : result) {
    for (int depth = 0; depth < 8 && alias_of_[found] != found; ++depth) {
      found = alias_of_[found];
    }
  }
  return result;
}

absl::string_view KnownReferences::FileOf(NameId name) const {
  if (!IsInternal(name)) return {};
  const absl::string_view path = units_[unit_of_[name]].name();
  return path.substr(path.rfind('/') + 1);
}

bool KnownReferences::IsUndefined(absl::string_view name) const {
  auto it = external_.find(name);
  return it != external_.end() && !defined_[it->second];
}

const NameSet& KnownReferences::CallClosure(NameId function) {
  auto [it, added] = call_closures_.try_emplace(function);
  NameSet& closure = it->second;
  if (!added) return closure;
  std::vector<NameId> pending = {function};
  closure.insert(function);
  while (!pending.empty()) {
    const NameId name = pending.back();
    pending.pop_back();
    for (const Body& body : functions_[name]) {
      if (body.facts->calls() == nullptr) continue;
      for (const facts::Call* call : *body.facts->calls()) {
        if (call->symbol() == kNone) continue;
        const NameId target = NameOf(body.unit, call->symbol());
        if (closure.insert(target).second) pending.push_back(target);
      }
    }
  }
  return closure;
}

void KnownReferences::AddObjects(std::vector<NameId> pending,
                                 NameSet& closure) const {
  while (!pending.empty()) {
    const NameId name = pending.back();
    pending.pop_back();
    for (const Initialiser& object : objects_[name]) {
      if (object.facts->address_taken() != nullptr) {
        for (uint32_t symbol : *object.facts->address_taken()) {
          closure.insert(NameOf(object.unit, symbol));
        }
      }
      if (object.facts->overrides() != nullptr) {
        for (const facts::Override* entry : *object.facts->overrides()) {
          closure.insert(NameOf(object.unit, entry->overrider()));
        }
      }
      if (object.facts->objects() == nullptr) continue;
      for (uint32_t symbol : *object.facts->objects()) {
        const NameId next = NameOf(object.unit, symbol);
        if (closure.insert(next).second) pending.push_back(next);
      }
    }
  }
}

const NameSet& KnownReferences::ReferenceClosure(NameId function) {
  if (auto it = reference_closures_.find(function);
      it != reference_closures_.end()) {
    return it->second;
  }
  NameSet closure = CallClosure(function);
  std::vector<NameId> objects;
  for (const NameId name : CallClosure(function)) {
    for (const Body& body : functions_[name]) {
      if (body.facts->address_taken() != nullptr) {
        for (uint32_t symbol : *body.facts->address_taken()) {
          closure.insert(NameOf(body.unit, symbol));
        }
      }
      if (body.facts->objects() == nullptr) continue;
      for (uint32_t symbol : *body.facts->objects()) {
        const NameId object = NameOf(body.unit, symbol);
        if (closure.insert(object).second) objects.push_back(object);
      }
    }
  }
  AddObjects(std::move(objects), closure);
  return reference_closures_.emplace(function, std::move(closure))
      .first->second;
}

bool KnownReferences::Calls(NameId function, NameId target) {
  return CallClosure(function).contains(target);
}

bool KnownReferences::Refers(NameId function, NameId target) {
  return ReferenceClosure(function).contains(target);
}

bool KnownReferences::ObjectRefers(NameId object, NameId target) {
  auto [it, added] = object_closures_.try_emplace(object);
  if (added) {
    it->second.insert(object);
    AddObjects({object}, it->second);
  }
  return it->second.contains(target);
}

}  // namespace chestnut::binalyzer
