#include "callgraph/link.h"

#include <algorithm>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "callgraph/linker.h"

namespace chestnut::callgraph {

using facts::Linkage;
using facts::SymbolType;
using facts::UnitKind;
using facts::UnitView;

namespace {

// Any order would do, so long as it depends on the units alone.
void SortUnits(std::vector<UnitView>& units) {
  auto key = [](const UnitView& unit) {
    return std::make_tuple(unit.unit().kind(), unit.name(), unit.bytes());
  };
  std::sort(
      units.begin(), units.end(),
      [&key](const UnitView& a, const UnitView& b) { return key(a) < key(b); });
  units.erase(std::unique(units.begin(), units.end(),
                          [](const UnitView& a, const UnitView& b) {
                            return a.bytes() == b.bytes();
                          }),
              units.end());
}

absl::Status CheckErrors(const UnitView& unit) {
  const auto* errors = unit.unit().errors();
  if (errors == nullptr || errors->size() == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      unit.name(), ": the facts are of a unit with errors: ",
      unit.String(errors->Get(0)), "; repair it and compile it ", "again"));
}

}  // namespace

Linker::Linker(std::vector<UnitView> units, const LinkOptions& options)
    : options_(options),
      wrapped_(options.wrapped.begin(), options.wrapped.end()) {
  SortUnits(units);
  program_.units_ = std::move(units);
}

absl::StatusOr<Program> Linker::Run() {
  for (const UnitView& unit : program_.units_) {
    if (absl::Status status = CheckErrors(unit); !status.ok()) return status;
  }
  if (absl::Status status = OrderModules(options_); !status.ok()) return status;
  CollectNames();
  if (absl::Status status = CheckDuplicates(); !status.ok()) return status;
  IndexEntries();
  Define();
  AttachSupplements();
  DefineUndefined();
  ResolveAliases();
  BindModules();
  FlattenBodies();
  ListStartupArrays();
  return std::move(program_);
}

bool Linker::IsSupplement(const UnitView& unit) {
  return unit.unit().kind() == UnitKind::supplement;
}

const facts::Symbol& Linker::SymbolOf(const Definition& definition) const {
  return *program_.units_[definition.unit].unit().symbols()->Get(
      definition.symbol);
}

NameId Linker::AddName(absl::string_view text, UnitId unit) {
  names_.emplace_back();
  names_.back().text = text;
  names_.back().unit = unit;
  return static_cast<NameId>(names_.size() - 1);
}

NameId Linker::ExternalName(absl::string_view text) {
  auto [it, added] = external_names_.try_emplace(text, 0);
  if (added) it->second = AddName(text, kNone);
  return it->second;
}

// The name that the linker looks up for a symbol (--wrap).
absl::string_view Linker::LinkerName(absl::string_view text, bool defined) {
  if (wrapped_.empty() || defined) return text;
  if (wrapped_.contains(text)) {
    wrapped_texts_.push_back(
        std::make_unique<std::string>(absl::StrCat("__wrap_", text)));
    return *wrapped_texts_.back();
  }
  absl::string_view real = text;
  if (absl::ConsumePrefix(&real, "__real_") && wrapped_.contains(real)) {
    return real;
  }
  return text;
}

void Linker::CollectNames() {
  symbol_names_.resize(program_.units_.size());
  size_t count = 0;
  for (const UnitView& unit : program_.units_) {
    const auto* symbols = unit.unit().symbols();
    if (symbols != nullptr) count += symbols->size();
  }
  names_.reserve(count);
  for (UnitId id = 0; id < program_.units_.size(); ++id) {
    const UnitView& unit = program_.units_[id];
    const auto* symbols = unit.unit().symbols();
    if (symbols == nullptr) continue;
    symbol_names_[id].reserve(symbols->size());
    for (uint32_t i = 0; i < symbols->size(); ++i) {
      const facts::Symbol& symbol = *symbols->Get(i);
      symbol_names_[id].push_back(program_.IsLoaded(id)
                                      ? CollectModuleName(id, i, symbol)
                                      : CollectName(id, i, symbol));
    }
  }
}

NameId Linker::CollectName(UnitId id, uint32_t index,
                           const facts::Symbol& symbol) {
  const UnitView& unit = program_.units_[id];
  const bool internal = symbol.linkage() == Linkage::internal;
  absl::string_view text = unit.String(symbol.name());
  NameId id_of_name = internal
                          ? AddName(text, id)
                          : ExternalName(LinkerName(text, symbol.defined()));
  Name& name = names_[id_of_name];
  if (symbol.defined() && !IsSupplement(unit)) {
    name.definitions.push_back({id, index, symbol.linkage()});
  } else if (symbol.linkage() != Linkage::weak) {
    name.strongly_referred = true;
  }
  name.as_function |= symbol.type() != SymbolType::object;
  name.as_object |= symbol.type() != SymbolType::function;
  return id_of_name;
}

absl::Status Linker::CheckDuplicates() {
  for (const Name& name : names_) {
    const Definition* first = nullptr;
    for (const Definition& definition : name.definitions) {
      if (definition.linkage != Linkage::external) continue;
      if (first != nullptr && first->unit != definition.unit) {
        return absl::FailedPreconditionError(
            absl::StrCat("symbol ", name.text, " is defined in ",
                         program_.units_[first->unit].name(), " and in ",
                         program_.units_[definition.unit].name(),
                         "; a program may define it once"));
      }
      first = &definition;
    }
  }
  return absl::OkStatus();
}

// For each symbol its entry in the unit's function and object tables.
void Linker::IndexEntries() {
  function_entries_.resize(program_.units_.size());
  object_entries_.resize(program_.units_.size());
  for (UnitId id = 0; id < program_.units_.size(); ++id) {
    const facts::Unit& unit = program_.units_[id].unit();
    function_entries_[id].resize(symbol_names_[id].size());
    object_entries_[id].resize(symbol_names_[id].size());
    if (unit.functions() != nullptr) {
      for (const facts::Function* function : *unit.functions()) {
        function_entries_[id][function->symbol()] = function;
      }
    }
    if (unit.objects() != nullptr) {
      for (const facts::DataObject* object : *unit.objects()) {
        object_entries_[id][object->symbol()] = object;
      }
    }
  }
}

// Creates functions and objects, and a target for each name; names whose
// definition in a unit gave way get another target there.
void Linker::Define() {
  program_.targets_.resize(names_.size());
  main_function_.resize(names_.size(), kNone);
  main_object_.resize(names_.size(), kNone);
  program_.symbol_targets_ = symbol_names_;
  for (NameId id = 0; id < names_.size(); ++id) {
    const Name& name = names_[id];
    const bool strong =
        std::any_of(name.definitions.begin(), name.definitions.end(),
                    [](const Definition& definition) {
                      return definition.linkage == Linkage::external;
                    });
    for (const Definition& definition : name.definitions) {
      const bool gave_way = strong && definition.linkage == Linkage::weak;
      if (gave_way) {
        DefineOverridden(id, definition);
      } else {
        AddDefinition(id, definition, main_function_[id], main_object_[id], id);
      }
    }
  }
}

void Linker::DefineOverridden(NameId name, const Definition& definition) {
  auto target = static_cast<TargetId>(program_.targets_.size());
  program_.targets_.emplace_back();
  FunctionId function = kNone;
  ObjectId object = kNone;
  AddDefinition(name, definition, function, object, target);
  overridden_.push_back({target, name});
  program_.symbol_targets_[definition.unit][definition.symbol] = target;
}

FunctionId Linker::NewFunction(NameId name) {
  program_.functions_.push_back(Function{
      .name = names_[name].text, .internal = names_[name].unit != kNone});
  function_bodies_.emplace_back();
  return static_cast<FunctionId>(program_.functions_.size() - 1);
}

ObjectId Linker::NewObject(NameId name) {
  program_.objects_.emplace_back();
  program_.objects_.back().name = names_[name].text;
  return static_cast<ObjectId>(program_.objects_.size() - 1);
}

void Linker::AddBody(FunctionId function, UnitId unit,
                     const facts::Function* function_facts) {
  if (program_.functions_[function].unit == kNone) {
    program_.functions_[function].unit = unit;
  }
  program_.functions_[function].untyped |= function_facts->untyped();
  function_bodies_[function].push_back({unit, function_facts, function});
}

void Linker::AddDefinition(NameId name, const Definition& definition,
                           FunctionId& function, ObjectId& object,
                           TargetId target) {
  const facts::Symbol& symbol = SymbolOf(definition);
  if (symbol.alias_of() != kNone || symbol.ifunc_resolver() != kNone) {
    aliases_[target].push_back(definition);
    return;
  }
  const auto* function_entry =
      function_entries_[definition.unit][definition.symbol];
  const auto* object_entry =
      object_entries_[definition.unit][definition.symbol];
  if (function_entry != nullptr || symbol.type() == SymbolType::function) {
    if (function == kNone) {
      function = NewFunction(name);
      program_.targets_[target].functions.push_back(function);
    }
    if (function_entry != nullptr) {
      AddBody(function, definition.unit, function_entry);
    } else {
      // A body that its unit's facts leave out can do anything.
      MarkOpaque(function);
    }
  }
  if (object_entry != nullptr || symbol.type() == SymbolType::object) {
    if (object == kNone) {
      object = NewObject(name);
      program_.targets_[target].objects.push_back(object);
    }
    if (object_entry != nullptr) {
      program_.objects_[object].parts.push_back(
          {definition.unit, object_entry});
    }
  }
}

void Linker::MarkOpaque(FunctionId function) {
  program_.functions_[function].opaque = true;
  program_.functions_[function].untyped = true;
}

void Linker::FlattenBodies() {
  program_.bodies_.reserve(function_bodies_.size());
  for (FunctionId id = 0; id < function_bodies_.size(); ++id) {
    Function& function = program_.functions_[id];
    function.first_body = static_cast<BodyId>(program_.bodies_.size());
    function.body_count = static_cast<uint32_t>(function_bodies_[id].size());
    for (const Body& body : function_bodies_[id]) {
      program_.bodies_.push_back(body);
    }
  }
  for (const auto& [text, name] : external_names_) {
    program_.external_.emplace(text, name);
  }
  ExportModuleNames();
  program_.owned_names_ = std::move(wrapped_texts_);
}

const Target* Program::Find(absl::string_view name) const {
  auto it = external_.find(name);
  if (it == external_.end()) return nullptr;
  const Target& target = targets_[it->second];
  const bool empty = target.functions.empty() && target.objects.empty() &&
                     target.resolvers.empty();
  return target.undefined || empty ? nullptr : &target;
}

absl::StatusOr<Program> Link(std::vector<UnitView> units,
                             const LinkOptions& options) {
  return Linker(std::move(units), options).Run();
}

}  // namespace chestnut::callgraph
