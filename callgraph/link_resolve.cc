// Symbols whose meaning is not simply their definition: supplements, names that
// nobody defines, sections, aliases.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/strip.h"
#include "callgraph/linker.h"
#include "callgraph/linker_symbols.h"
#include "support/file.h"

namespace chestnut::callgraph {
// Functions of one unit by name, for supplements.
void Linker::IndexInternals() {
  for (NameId id = 0; id < names_.size(); ++id) {
    if (names_[id].unit == kNone || names_[id].definitions.empty() ||
        program_.IsLoaded(names_[id].unit)) {
      continue;
    }
    internal_names_[names_[id].text].push_back(id);
  }
}

void Linker::AttachSupplements() {
  bool indexed = false;
  for (UnitId id = 0; id < program_.units_.size(); ++id) {
    if (program_.units_[id].unit().symbols() == nullptr) continue;
    const bool object =
        program_.units_[id].IsModule() && !program_.IsLoaded(id);
    if (!object && !IsSupplement(program_.units_[id])) continue;
    if (!indexed) IndexInternals();
    indexed = true;
    if (object) {
      AttachReferences(id);
    } else {
      AttachSupplement(id);
    }
  }
}

// What machine code refers to inside its object that facts of source have.
void Linker::AttachReferences(UnitId unit) {
  const auto& symbols = *program_.units_[unit].unit().symbols();
  for (uint32_t symbol = 0; symbol < symbols.size(); ++symbol) {
    const NameId name = symbol_names_[unit][symbol];
    if (names_[name].unit == kNone || symbols.Get(symbol)->defined()) continue;
    AttachInternal(name, unit, symbol, nullptr, nullptr);
  }
}

void Linker::AttachSupplement(UnitId unit) {
  const auto& symbols = *program_.units_[unit].unit().symbols();
  for (uint32_t symbol = 0; symbol < symbols.size(); ++symbol) {
    NameId name = symbol_names_[unit][symbol];
    const facts::Function* function = function_entries_[unit][symbol];
    const facts::DataObject* object = object_entries_[unit][symbol];
    if (names_[name].unit == kNone) {
      AttachTo(name, unit, function, object);
      continue;
    }
    AttachInternal(name, unit, symbol, function, object);
  }
}

void Linker::AttachInternal(NameId name, UnitId unit, uint32_t symbol,
                            const facts::Function* function,
                            const facts::DataObject* object) {
  absl::string_view file;
  if (function != nullptr && function->supplements_file() != kNone) {
    file = program_.units_[unit].String(function->supplements_file());
  }
  Target all;
  auto it = internal_names_.find(names_[name].text);
  if (it != internal_names_.end()) {
    for (NameId candidate : it->second) {
      absl::string_view source = program_.units_[names_[candidate].unit].name();
      if (!file.empty() && support::BaseName(source) != file) continue;
      AttachTo(candidate, unit, function, object);
      const Target& target = program_.targets_[candidate];
      all.functions.insert(all.functions.end(), target.functions.begin(),
                           target.functions.end());
      all.objects.insert(all.objects.end(), target.objects.begin(),
                         target.objects.end());
    }
  }
  if (all.functions.empty() && all.objects.empty()) {
    AttachTo(name, unit, function, object);
    return;
  }
  program_.targets_[name] = std::move(all);
  program_.symbol_targets_[unit][symbol] = name;
}

// Adds what a supplement knows of `name` to the function or object, or makes
// that the definition where there is none.
void Linker::AttachTo(NameId name, UnitId unit, const facts::Function* function,
                      const facts::DataObject* object) {
  Target& target = program_.targets_[name];
  if (function != nullptr) {
    if (main_function_[name] == kNone && !aliases_.contains(name)) {
      main_function_[name] = NewFunction(name);
      target.functions.push_back(main_function_[name]);
    }
    // An alias has no code of its own to extend.
    if (main_function_[name] != kNone) {
      AddBody(main_function_[name], unit, function);
    }
  }
  if (object != nullptr) {
    if (main_object_[name] == kNone && !aliases_.contains(name)) {
      main_object_[name] = NewObject(name);
      target.objects.push_back(main_object_[name]);
    }
    if (main_object_[name] != kNone) {
      program_.objects_[main_object_[name]].parts.push_back({unit, object});
    }
  }
}

// Names that nobody defines: the linker's own, null (weak) or opaque.
void Linker::DefineUndefined() {
  for (NameId id = 0; id < names_.size(); ++id) {
    Name& name = names_[id];
    Target& target = program_.targets_[id];
    if (!name.definitions.empty() || !target.functions.empty() ||
        !target.objects.empty() || name.in_scope) {
      continue;
    }
    if (DefineFromModules(id, target)) continue;
    if (DefineSectionBound(name.text, target)) continue;
    if (IsLinkerDefined(name.text) || !name.strongly_referred) continue;
    target.undefined = true;
    if (name.as_function) {
      FunctionId function = NewFunction(id);
      MarkOpaque(function);
      program_.targets_[id].functions.push_back(function);
    }
    if (name.as_object) {
      ObjectId object = NewObject(id);
      program_.objects_[object].opaque = true;
      program_.targets_[id].objects.push_back(object);
    }
  }
}

// `__start_X` and `__stop_X` stand for everything in section X.
bool Linker::DefineSectionBound(absl::string_view name, Target& target) {
  if (!absl::ConsumePrefix(&name, "__start_") &&
      !absl::ConsumePrefix(&name, "__stop_")) {
    return false;
  }
  if (!sections_indexed_) IndexSections();
  auto it = sections_.find(name);
  if (it == sections_.end()) return false;
  target.objects.assign(it->second.begin(), it->second.end());
  return true;
}

void Linker::IndexSections() {
  sections_indexed_ = true;
  for (ObjectId id = 0; id < program_.objects_.size(); ++id) {
    for (const auto& [unit, object] : program_.objects_[id].parts) {
      if (object->section() == kNone) continue;
      sections_[program_.units_[unit].String(object->section())].push_back(id);
    }
  }
}

void Linker::ResolveAliases() {
  std::vector<TargetId> targets;
  targets.reserve(aliases_.size());
  for (const auto& [target, definitions] : aliases_) targets.push_back(target);
  std::sort(targets.begin(), targets.end());
  for (TargetId target : targets) Resolve(target);
  // Its unit may have inlined what gave way; everybody else, and its unit's
  // calls that were not inlined, mean the strong one.
  for (const auto& [target, of] : overridden_) {
    Append(program_.targets_[target], program_.targets_[of]);
  }
}

void Linker::Append(Target& into, const Target& from) {
  auto add = [](auto& to, const auto& entries) {
    for (auto entry : entries) {
      if (std::find(to.begin(), to.end(), entry) == to.end()) {
        to.push_back(entry);
      }
    }
  };
  add(into.functions, from.functions);
  add(into.objects, from.objects);
  add(into.resolvers, from.resolvers);
}

void Linker::Resolve(TargetId target) {
  auto it = aliases_.find(target);
  if (it == aliases_.end()) return;
  // Taken out first, so that a cycle of aliases ends.
  std::vector<Definition> definitions = std::move(it->second);
  aliases_.erase(it);
  for (const Definition& definition : definitions) {
    const facts::Symbol& symbol = SymbolOf(definition);
    if (symbol.alias_of() != kNone) {
      TargetId of =
          program_.symbol_targets_[definition.unit][symbol.alias_of()];
      Resolve(of);
      Append(program_.targets_[target], program_.targets_[of]);
    }
    if (symbol.ifunc_resolver() != kNone) {
      TargetId resolver =
          program_.symbol_targets_[definition.unit][symbol.ifunc_resolver()];
      Resolve(resolver);
      for (FunctionId function : program_.targets_[resolver].functions) {
        program_.targets_[target].resolvers.push_back(function);
      }
    }
  }
}

void Linker::ListStartupArrays() {
  for (ObjectId id = 0; id < program_.objects_.size(); ++id) {
    for (const auto& [unit, object] : program_.objects_[id].parts) {
      if (object->section() == kNone) continue;
      absl::string_view section =
          program_.units_[unit].String(object->section());
      if (IsStartupArray(section)) program_.startup_arrays_.push_back(id);
      if (IsExitArray(section)) program_.exit_arrays_.push_back(id);
    }
  }
}

}  // namespace chestnut::callgraph
