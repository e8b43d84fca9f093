#include "binalyzer/module_symbols.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"

namespace chestnut::binalyzer {
namespace {

using facts::Linkage;
using facts::SymbolType;

Linkage LinkageOf(const ImageSymbol& symbol) {
  switch (symbol.binding) {
    case SymbolBinding::kLocal:
      return Linkage::internal;
    case SymbolBinding::kWeak:
      return Linkage::weak;
    case SymbolBinding::kUnique:
      // One of many equal copies (GNU ABI: STB_GNU_UNIQUE).
      return Linkage::linkonce;
    default:
      return symbol.kind == SymbolKind::kCommon ? Linkage::common
                                                : Linkage::external;
  }
}

SymbolType TypeOf(const ImageSymbol& symbol) {
  switch (symbol.kind) {
    case SymbolKind::kFunction:
    case SymbolKind::kIndirectFunction:
      return SymbolType::function;
    case SymbolKind::kObject:
    case SymbolKind::kCommon:
    case SymbolKind::kThreadLocal:
      return SymbolType::object;
    default:
      return SymbolType::unknown;
  }
}

}  // namespace

ModuleSymbols::ModuleSymbols(const ModuleModel& model, Describe describe,
                             facts::FactsBuilder& builder)
    : model_(model), describe_(std::move(describe)), builder_(builder) {
  for (const ImageRelocation& relocation : model.image().relocations()) {
    if (relocation.kind == RelocationKind::kCopy) {
      copied_.insert(relocation.address);
    }
  }
}

std::string ModuleSymbols::Unique(absl::string_view name, uint64_t address) {
  std::string unique(name);
  if (!names_.insert(unique).second) {
    absl::StrAppend(&unique, "@", absl::Hex(address));
    names_.insert(unique);
  }
  return unique;
}

uint32_t ModuleSymbols::Synthetic(absl::string_view name, SymbolType type) {
  auto symbol = std::make_unique<facts::SymbolT>();
  symbol->name = builder_.String(Unique(name, 0));
  symbol->linkage = Linkage::internal;
  symbol->type = type;
  symbol->defined = true;
  builder_.unit().symbols.push_back(std::move(symbol));
  return static_cast<uint32_t>(builder_.unit().symbols.size() - 1);
}

uint32_t ModuleSymbols::Invented(absl::string_view name) {
  const uint32_t symbol = Synthetic(name, SymbolType::function);
  builder_.unit().symbols[symbol]->linkage = Linkage::external;
  return symbol;
}

std::optional<DescribedName> ModuleSymbols::DescribedAt(
    uint64_t address) const {
  if (!describe_) return std::nullopt;
  for (uint32_t symbol : model_.functions().SymbolsAt(address)) {
    auto described = describe_(model_.image().symbols()[symbol]);
    if (described.has_value()) return described;
  }
  return std::nullopt;
}

bool ModuleSymbols::IsDescribed(uint64_t address) const {
  return DescribedAt(address).has_value();
}

uint32_t ModuleSymbols::Refer(const DescribedName& described, SymbolType type) {
  auto symbol = std::make_unique<facts::SymbolT>();
  symbol->name = builder_.String(described.name);
  symbol->type = type;
  symbol->linkage = described.internal ? Linkage::internal : Linkage::external;
  builder_.unit().symbols.push_back(std::move(symbol));
  return static_cast<uint32_t>(builder_.unit().symbols.size() - 1);
}

uint32_t ModuleSymbols::Define(const Naming& naming) {
  const auto index = static_cast<uint32_t>(builder_.unit().symbols.size());
  if (auto described = DescribedAt(naming.address)) {
    return Refer(*described, naming.type);
  }
  auto symbol = std::make_unique<facts::SymbolT>();
  symbol->type = naming.type;
  symbol->defined = true;
  symbol->linkage = Linkage::internal;
  std::string name(naming.name);
  if (name.empty()) {
    name = absl::StrCat(naming.prefix, absl::Hex(naming.address));
  }
  if (IsRelocatable() && naming.symbol != kNoSymbol) {
    const ImageSymbol& found = model_.image().symbols()[naming.symbol];
    symbol->linkage = LinkageOf(found);
    symbol->thread_local_ = found.kind == SymbolKind::kThreadLocal;
    if (symbol->linkage != Linkage::internal) named_[naming.symbol] = index;
  }
  symbol->name = builder_.String(symbol->linkage == Linkage::internal
                                     ? Unique(name, naming.address)
                                     : name);
  builder_.unit().symbols.push_back(std::move(symbol));
  return index;
}

bool ModuleSymbols::IsIfunc(uint32_t image_symbol) const {
  return image_symbol != kNoSymbol &&
         model_.image().symbols()[image_symbol].kind ==
             SymbolKind::kIndirectFunction;
}

uint32_t ModuleSymbols::Function(uint32_t range) {
  const uint32_t group = model_.GroupOf(range);
  auto [it, added] = functions_.try_emplace(group, 0);
  if (!added) return it->second;
  const FunctionRange& function = model_.functions().functions()[group];
  // The name of an ifunc is not that of its resolver, though at its address.
  std::string name(function.name);
  uint32_t image_symbol = function.symbol;
  if (IsIfunc(image_symbol)) {
    absl::StrAppend(&name, ".resolver");
    image_symbol = kNoSymbol;
    for (uint32_t other : model_.functions().SymbolsAt(function.range.begin)) {
      if (IsIfunc(other)) continue;
      name = std::string(model_.image().symbols()[other].name);
      image_symbol = other;
      break;
    }
  }
  const uint32_t symbol = Define({.name = name,
                                  .symbol = image_symbol,
                                  .prefix = "sub_",
                                  .address = function.range.begin,
                                  .type = SymbolType::function});
  functions_[group] = symbol;
  return symbol;
}

uint32_t ModuleSymbols::Resolved(uint32_t resolver) {
  const uint32_t group = model_.GroupOf(resolver);
  auto found = resolved_.find(group);
  if (found != resolved_.end()) return found->second;
  const uint32_t function = Function(group);
  MarkResolver(group);
  const std::string name = absl::StrCat(
      builder_.StringAt(builder_.unit().symbols[function]->name), "()");
  const uint32_t symbol = Synthetic(name, SymbolType::function);
  builder_.unit().symbols[symbol]->ifunc_resolver = function;
  resolved_[group] = symbol;
  return symbol;
}

void ModuleSymbols::MarkResolver(uint32_t group) {
  if (is_resolver_.insert(group).second) made_resolvers_.push_back(group);
}

uint32_t ModuleSymbols::Object(uint32_t object) {
  auto [it, added] = objects_.try_emplace(object, 0);
  if (!added) return it->second;
  const DataObject& data = model_.objects().objects()[object];
  const uint32_t symbol = Define({.name = data.name,
                                  .symbol = data.symbol,
                                  .prefix = "data_",
                                  .address = data.range.begin,
                                  .type = SymbolType::object});
  objects_[object] = symbol;
  if (!IsDescribed(data.range.begin)) made_objects_.push_back(object);
  return symbol;
}

void ModuleSymbols::FillDefinition(const ImageSymbol& symbol,
                                   facts::SymbolT* out) {
  const int64_t range =
      symbol.absolute || symbol.kind == SymbolKind::kThreadLocal
          ? -1
          : model_.functions().IndexAt(symbol.address);
  if (range >= 0) {
    const auto index = static_cast<uint32_t>(range);
    out->type = SymbolType::function;
    if (symbol.kind == SymbolKind::kIndirectFunction) {
      out->ifunc_resolver = Function(index);
      MarkResolver(model_.GroupOf(index));
    } else {
      out->alias_of = Function(index);
    }
    return;
  }
  out->type = SymbolType::object;
  if (symbol.absolute || symbol.kind == SymbolKind::kThreadLocal) return;
  const auto objects = model_.objects().ObjectsFor(symbol.address);
  for (uint32_t object : objects) {
    if (model_.objects().objects()[object].range.contains(symbol.address)) {
      out->alias_of = Object(object);
      return;
    }
  }
  // Borders of sections and the like.
  if (!objects.empty()) out->alias_of = Object(objects[0]);
}

uint32_t ModuleSymbols::Named(uint32_t image_symbol) {
  auto known = named_.find(image_symbol);
  if (known != named_.end()) return known->second;
  const ImageSymbol& symbol = model_.image().symbols()[image_symbol];
  auto out = std::make_unique<facts::SymbolT>();
  out->type = TypeOf(symbol);
  if (symbol.defined && describe_) {
    if (auto described = describe_(symbol)) {
      return named_[image_symbol] = Refer(*described, out->type);
    }
  }
  out->name = builder_.String(symbol.name);
  out->linkage = LinkageOf(symbol);
  out->thread_local_ = symbol.kind == SymbolKind::kThreadLocal;
  if (!symbol.version.empty()) {
    out->version = builder_.String(symbol.version);
    out->version_hidden = symbol.defined && symbol.version_hidden;
  }
  if (symbol.defined) {
    out->defined = true;
    out->copied = copied_.contains(symbol.address);
    FillDefinition(symbol, out.get());
    // In an object the first of several names may be this one.
    known = named_.find(image_symbol);
    if (known != named_.end()) return known->second;
    if (out->linkage == Linkage::internal) {
      return out->alias_of != facts::kNone ? out->alias_of
                                           : Synthetic(symbol.name, out->type);
    }
    if (out->alias_of == facts::kNone && out->ifunc_resolver == facts::kNone) {
      // A number, or thread-local: nothing in it that can be called.
      auto object = std::make_unique<facts::DataObjectT>();
      object->symbol = static_cast<uint32_t>(builder_.unit().symbols.size());
      builder_.unit().objects.push_back(std::move(object));
    }
  }
  const auto index = static_cast<uint32_t>(builder_.unit().symbols.size());
  builder_.unit().symbols.push_back(std::move(out));
  named_[image_symbol] = index;
  return index;
}

bool ModuleSymbols::MayBeFunction(uint32_t image_symbol) const {
  const ImageSymbol& symbol = model_.image().symbols()[image_symbol];
  if (symbol.defined) {
    return !symbol.absolute && model_.functions().IndexAt(symbol.address) >= 0;
  }
  return TypeOf(symbol) != SymbolType::object;
}

bool ModuleSymbols::MayBeObject(uint32_t image_symbol) const {
  const ImageSymbol& symbol = model_.image().symbols()[image_symbol];
  if (symbol.kind == SymbolKind::kThreadLocal) return false;
  if (symbol.defined) return !MayBeFunction(image_symbol);
  return TypeOf(symbol) != SymbolType::function;
}

void ModuleSymbols::AddExports() {
  const auto symbols = model_.image().symbols();
  for (uint32_t i = 0; i < symbols.size(); ++i) {
    if (!symbols[i].exported || symbols[i].name.empty()) continue;
    Named(i);
  }
}

void ModuleSymbols::AddResolvers() {
  for (const ImageRelocation& relocation : model_.image().relocations()) {
    if (relocation.kind != RelocationKind::kIndirectRelative) continue;
    const int64_t range =
        model_.functions().IndexAt(static_cast<uint64_t>(relocation.addend));
    if (range >= 0) Resolved(static_cast<uint32_t>(range));
  }
}

}  // namespace chestnut::binalyzer
