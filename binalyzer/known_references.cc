#include "binalyzer/known_references.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
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
  if (!absl::StrContains(name, '.')) return name;
  for (absl::string_view suffix : kDerived) {
    const size_t position = name.find(suffix, 1);
    if (position != absl::string_view::npos && position < end) end = position;
  }
  return name.substr(0, end);
}

// How closures without a number of their own begin: the Itanium ABI's way
// (5.1.8), in the facts and by gcc; as Clang writes it, an identifier.
constexpr absl::string_view kClosure = "Ul";
constexpr absl::string_view kClangClosure = "$_";

constexpr absl::string_view kMangled = "_Z";

// Every part of `name` in front of the ABI's closures.
std::vector<absl::string_view> BeforeClosures(absl::string_view name) {
  std::vector<absl::string_view> parts;
  if (!absl::StartsWith(name, kMangled)) return parts;
  for (size_t at = name.find(kClosure); at != absl::string_view::npos;
       at = name.find(kClosure, at + 1)) {
    parts.push_back(name.substr(0, at));
  }
  return parts;
}

// `_ZZ4mainENK` of `_ZZ4mainENK3$_0clEv`; empty if there is none.
absl::string_view BeforeClangClosure(absl::string_view name) {
  size_t end = name.find(kClangClosure);
  if (end == absl::string_view::npos || !absl::StartsWith(name, kMangled)) {
    return {};
  }
  while (end > 0 && absl::ascii_isdigit(name[end - 1])) --end;
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
      AddClosure(text, name);
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

void KnownReferences::AddClosure(absl::string_view text, NameId name) {
  for (absl::string_view part : BeforeClosures(text)) {
    closures_[part].push_back(name);
  }
}

NameId KnownReferences::Aliased(NameId name) const {
  // Aliases of aliases are rare; a cycle would be a broken unit.
  for (int depth = 0; depth < 8 && alias_of_[name] != name; ++depth) {
    name = alias_of_[name];
  }
  return name;
}

NameId KnownReferences::NameOf(uint32_t unit, uint32_t symbol) const {
  return Aliased(names_[unit][symbol]);
}

absl::InlinedVector<NameId, 1> KnownReferences::Find(absl::string_view name,
                                                     bool local) const {
  absl::InlinedVector<NameId, 1> result;
  auto look_up = [&](absl::string_view text) {
    if (local) {
      auto it = internal_.find(text);
      if (it != internal_.end()) {
        result.insert(result.end(), it->second.begin(), it->second.end());
      }
    }
    auto it = external_.find(text);
    if (it != external_.end()) result.push_back(it->second);
  };
  look_up(name);
  if (result.empty()) {
    const absl::string_view base = WithoutDerivation(name);
    if (base.size() < name.size()) look_up(base);
  }
  for (NameId& found : result) found = Aliased(found);
  return result;
}

std::vector<NameId> KnownReferences::FindClosures(
    absl::string_view name) const {
  std::vector<absl::string_view> parts = BeforeClosures(name);
  parts.push_back(BeforeClangClosure(name));
  std::vector<NameId> found;
  for (absl::string_view part : parts) {
    auto it = closures_.find(part);
    if (it == closures_.end()) continue;
    for (NameId closure : it->second) {
      const NameId function = Aliased(closure);
      if (HasFunction(function)) found.push_back(function);
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
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

void KnownReferences::AddFunctionEdges(NameId name) {
  for (const Body& body : functions_[name]) {
    if (body.facts->calls() != nullptr) {
      for (const facts::Call* call : *body.facts->calls()) {
        if (call->symbol() == kNone) continue;
        edges_.push_back(
            {Running(name), Running(NameOf(body.unit, call->symbol()))});
      }
    }
    for (const auto* symbols :
         {body.facts->address_taken(), body.facts->objects()}) {
      if (symbols == nullptr) continue;
      for (const uint32_t symbol : *symbols) {
        edges_.push_back({Running(name), Referring(NameOf(body.unit, symbol))});
      }
    }
  }
}

void KnownReferences::AddObjectEdges(NameId name) {
  for (const Initialiser& object : objects_[name]) {
    for (const auto* symbols :
         {object.facts->address_taken(), object.facts->objects()}) {
      if (symbols == nullptr) continue;
      for (const uint32_t symbol : *symbols) {
        edges_.push_back(
            {Referring(name), Referring(NameOf(object.unit, symbol))});
      }
    }
    if (object.facts->overrides() == nullptr) continue;
    for (const facts::Override* entry : *object.facts->overrides()) {
      edges_.push_back({Referring(name),
                        Referring(NameOf(object.unit, entry->overrider()))});
    }
  }
}

Reachability& KnownReferences::Graph() {
  if (!graph_.has_value()) {
    for (NameId name = 0; name < unit_of_.size(); ++name) {
      AddFunctionEdges(name);
      AddObjectEdges(name);
    }
    graph_.emplace(static_cast<uint32_t>(2 * unit_of_.size()), edges_);
    edges_.clear();
  }
  return *graph_;
}

bool KnownReferences::Calls(NameId function, NameId target) {
  return Graph().Reaches(Running(function), Running(target));
}

bool KnownReferences::Refers(NameId function, NameId target) {
  return Graph().Reaches(Running(function), Referring(target)) ||
         Graph().Reaches(Running(function), Running(target));
}

bool KnownReferences::ObjectRefers(NameId object, NameId target) {
  return Graph().Reaches(Referring(object), Referring(target));
}

}  // namespace chestnut::binalyzer
