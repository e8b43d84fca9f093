// What the loader does: every module's symbols keep their own definitions, and
// each reference is bound to what the search order finds first.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "callgraph/linker.h"

namespace chestnut::callgraph {

using facts::Linkage;
using facts::ModuleType;
using facts::SymbolType;

namespace {

absl::string_view VersionOf(const facts::UnitView& unit,
                            const facts::Symbol& symbol) {
  return symbol.version() == kNone ? absl::string_view()
                                   : unit.String(symbol.version());
}

}  // namespace

absl::Status Linker::OrderModules(const LinkOptions& options) {
  program_.groups_.assign(program_.units_.size(), kNone);
  absl::flat_hash_map<absl::string_view, UnitId> by_name;
  for (UnitId id = 0; id < program_.units_.size(); ++id) {
    const facts::UnitView& unit = program_.units_[id];
    if (!unit.IsModule() ||
        unit.unit().module_()->type() == ModuleType::relocatable) {
      continue;
    }
    if (!by_name.try_emplace(unit.name(), id).second) {
      return absl::FailedPreconditionError(
          absl::StrCat("two modules are named ", unit.name(),
                       "; the loader maps one of a name"));
    }
  }
  auto add = [this](UnitId unit, uint32_t group) {
    if (program_.groups_[unit] != kNone) return;
    program_.groups_[unit] = group;
    scope_.AddModule(unit, group);
  };
  for (const LoadedModule& module : options.load_order) {
    auto it = by_name.find(module.unit);
    if (it == by_name.end()) {
      return absl::FailedPreconditionError(absl::StrCat(
          "no facts of module ", module.unit, ", which the program loads"));
    }
    add(it->second, module.group);
  }
  // The units are sorted by name.
  for (UnitId id = 0; id < program_.units_.size(); ++id) {
    auto it = by_name.find(program_.units_[id].name());
    if (it != by_name.end() && it->second == id) add(id, 0);
  }
  program_.modules_ = scope_.modules();
  return absl::OkStatus();
}

NameId Linker::CollectModuleName(UnitId id, uint32_t index,
                                 const facts::Symbol& symbol) {
  const facts::UnitView& unit = program_.units_[id];
  absl::string_view text = unit.String(symbol.name());
  const NameId name_id = AddName(text, id);
  Name& name = names_[name_id];
  name.in_scope = symbol.linkage() != Linkage::internal;
  if (symbol.defined() || symbol.alias_of() != kNone ||
      symbol.ifunc_resolver() != kNone) {
    // The loader takes the first, weak or not.
    name.definitions.push_back({id, index, Linkage::internal});
    if (name.in_scope) {
      scope_.AddDefinition(
          text,
          {.unit = id, .symbol = index, .version = VersionOf(unit, symbol)});
    }
  } else if (!name.in_scope) {
    // Facts that name no code for it: it could do anything.
    name.strongly_referred = true;
    name.as_function = symbol.type() != SymbolType::object;
    name.as_object = symbol.type() != SymbolType::function;
  }
  return name_id;
}

// A name of statically linked code that a shared object defines.
bool Linker::DefineFromModules(NameId id, Target& target) {
  const Definitions found = scope_.Find({.name = names_[id].text});
  for (const ModuleDefinition& definition : found) {
    const NameId name = symbol_names_[definition.unit][definition.symbol];
    Resolve(name);
    Append(target, program_.targets_[name]);
  }
  return !found.empty();
}

void Linker::BindModules() {
  // The definitions' own targets, before references take their places.
  for (UnitId unit : scope_.modules()) {
    const auto* symbols = program_.units_[unit].unit().symbols();
    if (symbols == nullptr) continue;
    std::vector<TargetId> bound(symbols->size());
    for (uint32_t i = 0; i < symbols->size(); ++i) {
      const facts::Symbol& symbol = *symbols->Get(i);
      bound[i] = symbol.linkage() == Linkage::internal
                     ? program_.symbol_targets_[unit][i]
                     : Bind(unit, i, symbol);
      if (symbol.copied()) CopyContent(unit, i, symbol);
    }
    program_.symbol_targets_[unit] = std::move(bound);
  }
}

TargetId Linker::Bind(UnitId unit, uint32_t index,
                      const facts::Symbol& symbol) {
  const facts::UnitView& view = program_.units_[unit];
  const absl::string_view text = view.String(symbol.name());
  const Definitions found =
      scope_.Find({.name = text,
                   .version = VersionOf(view, symbol),
                   .from = unit,
                   .own_first = view.unit().module_()->symbolic()});
  // Statically linked code is the program itself. Whether it exports the name
  // its facts do not say, so the modules' own counts as well.
  auto program = external_names_.find(text);
  const bool interposed = program != external_names_.end() &&
                          !names_[program->second].definitions.empty();
  if (interposed) {
    auto target = static_cast<TargetId>(program_.targets_.size());
    program_.targets_.push_back(program_.targets_[program->second]);
    if (!found.empty()) {
      const Target others = program_.targets_[Joined(found)];
      Append(program_.targets_[target], others);
    }
    return target;
  }
  if (!found.empty()) return Joined(found);
  // A module's own name that the scope does not find is a hidden version.
  if (!names_[symbol_names_[unit][index]].definitions.empty()) {
    return symbol_names_[unit][index];
  }
  return UndefinedTarget(symbol_names_[unit][index], symbol);
}

TargetId Linker::Joined(const Definitions& definitions) {
  const TargetId first =
      symbol_names_[definitions[0].unit][definitions[0].symbol];
  if (definitions.size() == 1) return first;
  auto target = static_cast<TargetId>(program_.targets_.size());
  program_.targets_.push_back(program_.targets_[first]);
  for (const ModuleDefinition& definition : definitions) {
    const TargetId other = symbol_names_[definition.unit][definition.symbol];
    const Target copy = program_.targets_[other];
    Append(program_.targets_[target], copy);
  }
  return target;
}

// Null if weak; else one opaque function and object for all who refer to it.
TargetId Linker::UndefinedTarget(NameId name, const facts::Symbol& symbol) {
  const absl::string_view text = names_[name].text;
  const bool weak = symbol.linkage() == Linkage::weak;
  auto [it, added] = undefined_targets_.try_emplace(
      std::pair(text, weak), static_cast<TargetId>(program_.targets_.size()));
  if (!added) return it->second;
  program_.targets_.emplace_back();
  if (weak) return it->second;
  Target& target = program_.targets_.back();
  target.undefined = true;
  if (symbol.type() != SymbolType::object) {
    const FunctionId function = NewFunction(name);
    program_.functions_[function].internal = false;
    MarkOpaque(function);
    target.functions.push_back(function);
  }
  if (symbol.type() != SymbolType::function) {
    const ObjectId object = NewObject(name);
    program_.objects_[object].opaque = true;
    target.objects.push_back(object);
  }
  return it->second;
}

// The executable's own object starts with what the library's holds.
void Linker::CopyContent(UnitId unit, uint32_t index,
                         const facts::Symbol& symbol) {
  const facts::UnitView& view = program_.units_[unit];
  const Definitions found = scope_.Find({.name = view.String(symbol.name()),
                                         .version = VersionOf(view, symbol),
                                         .from = unit,
                                         .behind = true});
  const Target& own = program_.targets_[symbol_names_[unit][index]];
  for (const ModuleDefinition& definition : found) {
    const Target& from =
        program_.targets_[symbol_names_[definition.unit][definition.symbol]];
    for (ObjectId object : from.objects) {
      for (ObjectId into : own.objects) {
        if (into == object) continue;
        auto& parts = program_.objects_[into].parts;
        const auto more = program_.objects_[object].parts;
        for (const auto& part : more) {
          if (std::find(parts.begin(), parts.end(), part) == parts.end()) {
            parts.push_back(part);
          }
        }
      }
    }
  }
}

// For Program::Find: what statically linked code does not define.
void Linker::ExportModuleNames() {
  program_.external_.reserve(program_.external_.size() + scope_.names().size());
  for (const auto& [text, definitions] : scope_.names()) {
    auto known = external_names_.find(text);
    if (known != external_names_.end() &&
        !names_[known->second].definitions.empty()) {
      continue;
    }
    const Definitions found = scope_.Find({.name = text});
    if (!found.empty()) program_.external_[text] = Joined(found);
  }
}

}  // namespace chestnut::callgraph
