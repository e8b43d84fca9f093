#include "binalyzer/supplement.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace chestnut::binalyzer {
namespace {

// Keeps the vector ascending and without repetition.
void Insert(std::vector<uint32_t>& sorted, uint32_t value) {
  auto it = std::lower_bound(sorted.begin(), sorted.end(), value);
  if (it == sorted.end() || *it != value) sorted.insert(it, value);
}

}  // namespace

Supplement::Supplement(facts::UnitKind kind, absl::string_view name)
    : name_(name) {
  facts::UnitT& unit = builder_.unit();
  unit.kind = kind;
  unit.name = builder_.String(name);
  unit.producer = builder_.String("chestnut binalyzer");
  unit.language = builder_.String("assembly");
}

uint32_t Supplement::Symbol(const Name& name, facts::SymbolType type) {
  auto& symbols = builder_.unit().symbols;
  auto [it, added] =
      symbols_.try_emplace(name, static_cast<uint32_t>(symbols.size()));
  if (added) {
    auto symbol = std::make_unique<facts::SymbolT>();
    symbol->name = builder_.String(name.text);
    symbol->linkage = name.linkage;
    symbol->type = type;
    symbols.push_back(std::move(symbol));
    files_[it->second] = name.file;
  } else if (symbols[it->second]->type != type) {
    symbols[it->second]->type = facts::SymbolType::unknown;
  }
  return it->second;
}

void Supplement::Define(uint32_t symbol) {
  facts::SymbolT& entry = *builder_.unit().symbols[symbol];
  entry.defined = true;
  if (entry.type == facts::SymbolType::object) {
    ObjectOf(symbol);
  } else {
    FunctionOf(symbol);
  }
}

facts::FunctionT& Supplement::FunctionOf(uint32_t symbol) {
  auto [it, added] = functions_.try_emplace(symbol, nullptr);
  if (added) {
    auto function = std::make_unique<facts::FunctionT>();
    function->symbol = symbol;
    function->file = builder_.String(name_);
    if (builder_.unit().kind == facts::UnitKind::supplement &&
        !files_[symbol].empty()) {
      function->supplements_file = builder_.String(files_[symbol]);
    }
    it->second = function.get();
    builder_.unit().functions.push_back(std::move(function));
  }
  return *it->second;
}

facts::DataObjectT& Supplement::ObjectOf(uint32_t symbol) {
  auto [it, added] = objects_.try_emplace(symbol, nullptr);
  if (added) {
    auto object = std::make_unique<facts::DataObjectT>();
    object->symbol = symbol;
    it->second = object.get();
    builder_.unit().objects.push_back(std::move(object));
  }
  return *it->second;
}

void Supplement::AddCall(uint32_t function, uint32_t target) {
  facts::FunctionT& entry = FunctionOf(function);
  if (!calls_.try_emplace({function, target}, true).second) return;
  auto call = std::make_unique<facts::CallT>();
  call->kind = facts::CallKind::direct;
  call->symbol = target;
  call->file = builder_.String(name_);
  call->implicit = true;
  entry.calls.push_back(std::move(call));
}

void Supplement::AddAddressTaken(uint32_t function, uint32_t target) {
  Insert(FunctionOf(function).address_taken, target);
}

void Supplement::AddObject(uint32_t function, uint32_t object) {
  Insert(FunctionOf(function).objects, object);
}

void Supplement::SetUntyped(uint32_t function) {
  FunctionOf(function).untyped = true;
}

void Supplement::AddUnknownSite(uint32_t function, absl::string_view reason) {
  auto site = std::make_unique<facts::SyscallSiteT>();
  site->kind = facts::SiteKind::syscall;
  site->number = builder_.Unknown(reason, name_);
  site->arguments.assign(6, site->number);
  site->file = builder_.String(name_);
  FunctionOf(function).sites.push_back(std::move(site));
}

void Supplement::AddObjectAddressTaken(uint32_t object, uint32_t target) {
  Insert(ObjectOf(object).address_taken, target);
}

void Supplement::AddObjectObject(uint32_t object, uint32_t target) {
  Insert(ObjectOf(object).objects, target);
}

void Supplement::AddRoot(facts::RootKind kind, uint32_t symbol) {
  builder_.unit().roots.push_back(facts::Root(kind, symbol, 0));
}

absl::StatusOr<facts::UnitView> Supplement::Finish() {
  return facts::UnitView::Create(
      std::make_shared<const std::string>(builder_.Serialize()), name_);
}

}  // namespace chestnut::binalyzer
