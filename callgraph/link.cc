#include "callgraph/link.h"

#include <algorithm>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "callgraph/linker_symbols.h"

namespace chestnut::callgraph {
namespace {

using facts::Linkage;
using facts::SymbolType;
using facts::UnitKind;
using facts::UnitView;

using NameId = uint32_t;

struct Definition {
  UnitId unit;
  uint32_t symbol;
  Linkage linkage;
};

// A linker name: one for all units if external, else of one unit.
struct Name {
  absl::string_view text;
  UnitId unit = kNone;  // of an internal name
  bool strongly_referred = false;
  bool as_function = false;
  bool as_object = false;
  absl::InlinedVector<Definition, 1> definitions;
};

absl::string_view BaseName(absl::string_view path) {
  size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? path : path.substr(slash + 1);
}

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

// Builds a Program; used once.
class Linker {
 public:
  Linker(std::vector<UnitView> units, const LinkOptions& options)
      : wrapped_(options.wrapped.begin(), options.wrapped.end()) {
    SortUnits(units);
    program_.units_ = std::move(units);
  }

  absl::StatusOr<Program> Run() {
    for (const UnitView& unit : program_.units_) {
      if (absl::Status status = CheckErrors(unit); !status.ok()) return status;
    }
    CollectNames();
    if (absl::Status status = CheckDuplicates(); !status.ok()) return status;
    IndexEntries();
    Define();
    AttachSupplements();
    DefineUndefined();
    for (NameId name = 0; name < names_.size(); ++name) ResolveAliases(name);
    FlattenBodies();
    ListStartupArrays();
    return std::move(program_);
  }

 private:
  static bool IsSupplement(const UnitView& unit) {
    return unit.unit().kind() == UnitKind::supplement;
  }

  const facts::Symbol& SymbolOf(const Definition& definition) const {
    return *program_.units_[definition.unit].unit().symbols()->Get(
        definition.symbol);
  }

  NameId AddName(absl::string_view text, UnitId unit) {
    names_.emplace_back();
    names_.back().text = text;
    names_.back().unit = unit;
    return static_cast<NameId>(names_.size() - 1);
  }

  NameId ExternalName(absl::string_view text) {
    auto [it, added] = external_names_.try_emplace(text, 0);
    if (added) it->second = AddName(text, kNone);
    return it->second;
  }

  // The name that the linker looks up for a symbol (--wrap).
  absl::string_view LinkerName(absl::string_view text, bool defined) {
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

  void CollectNames() {
    symbol_names_.resize(program_.units_.size());
    for (UnitId id = 0; id < program_.units_.size(); ++id) {
      const UnitView& unit = program_.units_[id];
      const auto* symbols = unit.unit().symbols();
      if (symbols == nullptr) continue;
      symbol_names_[id].reserve(symbols->size());
      for (uint32_t i = 0; i < symbols->size(); ++i) {
        symbol_names_[id].push_back(CollectName(id, i, *symbols->Get(i)));
      }
    }
  }

  NameId CollectName(UnitId id, uint32_t index, const facts::Symbol& symbol) {
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

  absl::Status CheckDuplicates() {
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
  void IndexEntries() {
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
  void Define() {
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
          AddDefinition(id, definition, main_function_[id], main_object_[id],
                        id);
        }
      }
    }
  }

  void DefineOverridden(NameId name, const Definition& definition) {
    auto target = static_cast<TargetId>(program_.targets_.size());
    program_.targets_.emplace_back();
    FunctionId function = kNone;
    ObjectId object = kNone;
    AddDefinition(name, definition, function, object, target);
    overridden_.push_back({target, name});
    program_.symbol_targets_[definition.unit][definition.symbol] = target;
  }

  FunctionId NewFunction(NameId name) {
    program_.functions_.push_back(Function{
        .name = names_[name].text, .internal = names_[name].unit != kNone});
    function_bodies_.emplace_back();
    return static_cast<FunctionId>(program_.functions_.size() - 1);
  }

  ObjectId NewObject(NameId name) {
    program_.objects_.emplace_back();
    program_.objects_.back().name = names_[name].text;
    return static_cast<ObjectId>(program_.objects_.size() - 1);
  }

  void AddBody(FunctionId function, UnitId unit,
               const facts::Function* function_facts) {
    if (program_.functions_[function].unit == kNone) {
      program_.functions_[function].unit = unit;
    }
    program_.functions_[function].untyped |= function_facts->untyped();
    function_bodies_[function].push_back({unit, function_facts, function});
  }

  void AddDefinition(NameId name, const Definition& definition,
                     FunctionId& function, ObjectId& object, TargetId target) {
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

  void MarkOpaque(FunctionId function) {
    program_.functions_[function].opaque = true;
    program_.functions_[function].untyped = true;
  }

  // Functions of one unit by name, for supplements.
  void IndexInternals() {
    for (NameId id = 0; id < names_.size(); ++id) {
      if (names_[id].unit == kNone || names_[id].definitions.empty()) continue;
      internal_names_[names_[id].text].push_back(id);
    }
  }

  void AttachSupplements() {
    bool indexed = false;
    for (UnitId id = 0; id < program_.units_.size(); ++id) {
      if (!IsSupplement(program_.units_[id])) continue;
      if (!indexed) IndexInternals();
      indexed = true;
      AttachSupplement(id);
    }
  }

  void AttachSupplement(UnitId unit) {
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

  void AttachInternal(NameId name, UnitId unit, uint32_t symbol,
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
        absl::string_view source =
            program_.units_[names_[candidate].unit].name();
        if (!file.empty() && BaseName(source) != file) continue;
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
  void AttachTo(NameId name, UnitId unit, const facts::Function* function,
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
  void DefineUndefined() {
    for (NameId id = 0; id < names_.size(); ++id) {
      Name& name = names_[id];
      Target& target = program_.targets_[id];
      if (!name.definitions.empty() || !target.functions.empty() ||
          !target.objects.empty()) {
        continue;
      }
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
  bool DefineSectionBound(absl::string_view name, Target& target) {
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

  void IndexSections() {
    sections_indexed_ = true;
    for (ObjectId id = 0; id < program_.objects_.size(); ++id) {
      for (const auto& [unit, object] : program_.objects_[id].parts) {
        if (object->section() == kNone) continue;
        sections_[program_.units_[unit].String(object->section())].push_back(
            id);
      }
    }
  }

  void ResolveAliases(NameId name) {
    Resolve(name);
    for (const auto& [target, of] : overridden_) Resolve(target);
    // Its unit may have inlined what gave way; everybody else, and its unit's
    // calls that were not inlined, mean the strong one.
    for (const auto& [target, of] : overridden_) {
      Append(program_.targets_[target], program_.targets_[of]);
    }
    overridden_.clear();
  }

  static void Append(Target& into, const Target& from) {
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

  void Resolve(TargetId target) {
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

  void FlattenBodies() {
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
    program_.owned_names_ = std::move(wrapped_texts_);
  }

  void ListStartupArrays() {
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

  Program program_;
  absl::flat_hash_set<std::string> wrapped_;
  std::vector<std::unique_ptr<std::string>> wrapped_texts_;
  std::vector<Name> names_;
  absl::flat_hash_map<absl::string_view, NameId> external_names_;
  absl::flat_hash_map<absl::string_view, std::vector<NameId>> internal_names_;
  std::vector<std::vector<NameId>> symbol_names_;
  std::vector<std::vector<const facts::Function*>> function_entries_;
  std::vector<std::vector<const facts::DataObject*>> object_entries_;
  std::vector<FunctionId> main_function_;
  std::vector<ObjectId> main_object_;
  std::vector<std::vector<Body>> function_bodies_;
  absl::flat_hash_map<TargetId, std::vector<Definition>> aliases_;
  std::vector<std::pair<TargetId, NameId>> overridden_;
  bool sections_indexed_ = false;
  absl::flat_hash_map<absl::string_view, std::vector<ObjectId>> sections_;
};

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
