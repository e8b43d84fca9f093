#include "test/differential/facts_index.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "facts/builder.h"

namespace chestnut::differential {
namespace {

using facts::SinkKind;
using facts::ValueKind;

template <typename List, typename Take>
void ForEach(const List* list, Take take) {
  if (list == nullptr) return;
  for (auto element : *list) take(element);
}

const SymbolSet* FindIn(
    const std::map<std::string, SymbolSet, std::less<>>& map,
    const std::string& name) {
  auto it = map.find(name);
  return it == map.end() ? nullptr : &it->second;
}

}  // namespace

void FactNode::Merge(const FactNode& other) {
  calls.insert(other.calls.begin(), other.calls.end());
  virtuals.insert(other.virtuals.begin(), other.virtuals.end());
  addresses.insert(other.addresses.begin(), other.addresses.end());
  objects.insert(other.objects.begin(), other.objects.end());
}

FactsIndex::FactsIndex(const facts::UnitView& view)
    : view_(view), unit_(view.unit()) {
  IndexNames();
  IndexFlows();
  ForEach(unit_.functions(),
          [&](const facts::Function* function) { AddFunction(*function); });
  ForEach(unit_.objects(),
          [&](const facts::DataObject* object) { AddObject(*object); });
}

void FactsIndex::IndexNames() {
  if (unit_.symbols() == nullptr) return;
  for (uint32_t symbol = 0; symbol < unit_.symbols()->size(); ++symbol) {
    absl::string_view name = Name(symbol);
    uint32_t resolved = Resolve(symbol);
    exact_[std::string(name)].insert(resolved);
    loose_[LooseName(name)].insert(resolved);
    if (!HasClosure(name)) continue;
    placed_[PlacedName(name, {})].insert(resolved);
    cut_[CutName(name, {})].insert(resolved);
  }
}

void FactsIndex::IndexFlows() {
  ForEach(unit_.functions(), [&](const facts::Function* function) {
    uint32_t owner = Resolve(function->symbol());
    ForEach(function->flows(), [&](const facts::Flow* flow) {
      bool local = flow->sink() == SinkKind::local;
      flows_[{flow->sink(), flow->a(), flow->offset(),
              local ? owner : facts::kNone}]
          .emplace_back(owner, flow->value());
    });
  });
  ForEach(unit_.objects(), [&](const facts::DataObject* object) {
    ForEach(object->flows(), [&](const facts::Flow* flow) {
      flows_[{flow->sink(), flow->a(), flow->offset(), facts::kNone}]
          .emplace_back(facts::kNone, flow->value());
    });
  });
}

void FactsIndex::AddFunction(const facts::Function& function) {
  uint32_t owner = Resolve(function.symbol());
  FactNode& node = nodes_[owner];
  ForEach(function.calls(), [&](const facts::Call* call) {
    switch (call->kind()) {
      case facts::CallKind::direct:
        node.calls.insert(Resolve(call->symbol()));
        break;
      case facts::CallKind::virtual_:
        if (uint32_t method = ByName(view_.String(call->method()));
            method != facts::kNone) {
          node.virtuals.insert(method);
        }
        break;
      case facts::CallKind::indirect: {
        // The compiler folds a constant pointer to the function itself.
        std::set<PlaceKey> seen;
        AddReached(call->callee(), owner, seen, node.calls);
        break;
      }
    }
  });
  ForEach(function.address_taken(),
          [&](uint32_t symbol) { node.addresses.insert(Resolve(symbol)); });
  ForEach(function.methods_taken(), [&](uint32_t method) {
    if (uint32_t symbol = ByName(view_.String(method));
        symbol != facts::kNone) {
      node.addresses.insert(symbol);
    }
  });
  ForEach(function.objects(),
          [&](uint32_t symbol) { node.objects.insert(Resolve(symbol)); });
}

void FactsIndex::AddObject(const facts::DataObject& object) {
  FactNode& node = nodes_[Resolve(object.symbol())];
  ForEach(object.address_taken(),
          [&](uint32_t symbol) { node.addresses.insert(Resolve(symbol)); });
  ForEach(object.overrides(), [&](const facts::Override* entry) {
    node.addresses.insert(Resolve(entry->overrider()));
  });
  ForEach(object.objects(),
          [&](uint32_t symbol) { node.objects.insert(Resolve(symbol)); });
}

void FactsIndex::AddReached(uint32_t value, uint32_t function,
                            std::set<PlaceKey>& seen,
                            SymbolSet& reached) const {
  const facts::Value* node = unit_.values()->Get(value);
  PlaceKey place;
  switch (node->kind()) {
    case ValueKind::function_address:
      reached.insert(Resolve(node->a()));
      return;
    case ValueKind::join:
      AddReached(node->a(), function, seen, reached);
      AddReached(node->b(), function, seen, reached);
      return;
    case ValueKind::local:
      place = {SinkKind::local, node->a(), 0, function};
      break;
    case ValueKind::global:
      place = {SinkKind::global, node->a(), 0, facts::kNone};
      break;
    case ValueKind::field:
      place = {SinkKind::field, node->a(),
               static_cast<uint32_t>(node->constant()), facts::kNone};
      break;
    default:
      return;
  }
  if (!seen.insert(place).second) return;
  auto flows = flows_.find(place);
  if (flows == flows_.end()) return;
  for (const auto& [owner, source] : flows->second) {
    AddReached(source, owner, seen, reached);
  }
}

uint32_t FactsIndex::Resolve(uint32_t symbol) const {
  // Bounded: facts from outside might hold a circle.
  for (uint32_t steps = 0; steps < unit_.symbols()->size(); ++steps) {
    uint32_t next = unit_.symbols()->Get(symbol)->alias_of();
    if (next == facts::kNone || next == symbol) break;
    symbol = next;
  }
  return symbol;
}

uint32_t FactsIndex::ByName(absl::string_view name) const {
  const SymbolSet* found = FindIn(exact_, std::string(name));
  return found == nullptr ? facts::kNone : *found->begin();
}

SymbolSet FactsIndex::Find(absl::string_view name,
                           const ClosureLines& lines) const {
  // An inline body of a builtin (fortified headers), which clang renames.
  absl::ConsumeSuffix(&name, ".inline");
  const SymbolSet* found = nullptr;
  if (HasClosure(name)) {
    found = FindIn(placed_, PlacedName(name, lines));
    if (found == nullptr) found = FindIn(cut_, CutName(name, lines));
  } else if (!absl::StrContains(name, '.')) {
    found = FindIn(exact_, std::string(name));
  }
  // Static locals of C, which each side numbers for itself, and the rest.
  if (found == nullptr) found = FindIn(loose_, LooseName(name));
  return found == nullptr ? SymbolSet() : *found;
}

const FactNode* FactsIndex::Node(const SymbolSet& symbols) const {
  auto [it, added] = merged_.try_emplace(symbols);
  if (added) {
    bool defined = false;
    for (uint32_t symbol : symbols) {
      auto node = nodes_.find(symbol);
      if (node == nodes_.end()) continue;
      defined = true;
      it->second.Merge(node->second);
    }
    if (!defined) {
      merged_.erase(it);
      return nullptr;
    }
  }
  return &it->second;
}

SymbolSet FactsIndex::Roots(facts::RootKind kind) const {
  SymbolSet roots;
  ForEach(unit_.roots(), [&](const facts::Root* root) {
    if (root->kind() == kind) roots.insert(Resolve(root->symbol()));
  });
  return roots;
}

bool FactsIndex::IsStrong(const SymbolSet& symbols) const {
  return std::any_of(symbols.begin(), symbols.end(), [this](uint32_t symbol) {
    return nodes_.contains(symbol) &&
           unit_.symbols()->Get(symbol)->linkage() == facts::Linkage::external;
  });
}

uint32_t FactsIndex::Resolver(uint32_t symbol) const {
  return unit_.symbols()->Get(symbol)->ifunc_resolver();
}

}  // namespace chestnut::differential
