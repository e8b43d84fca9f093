#ifndef CHESTNUT_CALLGRAPH_LINKER_H_
#define CHESTNUT_CALLGRAPH_LINKER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "callgraph/link.h"
#include "callgraph/module_scope.h"
#include "facts/reader.h"

// How link.h does it; only link*.cc use this.
namespace chestnut::callgraph {

using NameId = uint32_t;

// A definition of a name in a unit.
struct Definition {
  UnitId unit;
  uint32_t symbol;
  facts::Linkage linkage;
};

// A linker name: one for all units if external, else of one unit.
struct Name {
  absl::string_view text;
  UnitId unit = kNone;    // of an internal name, or of a module's own entry
  bool in_scope = false;  // of a module, and the loader looks it up
  bool strongly_referred = false;
  bool as_function = false;
  bool as_object = false;
  absl::InlinedVector<Definition, 1> definitions;
};

// Builds a Program; used once.
class Linker {
 public:
  Linker(std::vector<facts::UnitView> units, const LinkOptions& options);
  absl::StatusOr<Program> Run();

 private:
  static bool IsSupplement(const facts::UnitView& unit);
  const facts::Symbol& SymbolOf(const Definition& definition) const;
  NameId AddName(absl::string_view text, UnitId unit);
  NameId ExternalName(absl::string_view text);
  absl::string_view LinkerName(absl::string_view text, bool defined);
  void CollectNames();
  NameId CollectName(UnitId id, uint32_t index, const facts::Symbol& symbol);
  absl::Status CheckDuplicates();
  void IndexEntries();
  void Define();
  void DefineOverridden(NameId name, const Definition& definition);
  FunctionId NewFunction(NameId name);
  ObjectId NewObject(NameId name);
  void AddBody(FunctionId function, UnitId unit,
               const facts::Function* function_facts);
  void AddDefinition(NameId name, const Definition& definition,
                     FunctionId& function, ObjectId& object, TargetId target);
  void MarkOpaque(FunctionId function);
  void IndexInternals();
  void AttachSupplements();
  void AttachSupplement(UnitId unit);
  void AttachReferences(UnitId unit);
  void AttachInternal(NameId name, UnitId unit, uint32_t symbol,
                      const facts::Function* function,
                      const facts::DataObject* object);
  void AttachTo(NameId name, UnitId unit, const facts::Function* function,
                const facts::DataObject* object);
  void DefineUndefined();
  bool DefineSectionBound(absl::string_view name, Target& target);
  void IndexSections();
  void ResolveAliases();
  static void Append(Target& into, const Target& from);
  void Resolve(TargetId target);
  void FlattenBodies();
  void ListStartupArrays();

  // link_modules.cc: what the loader binds.
  absl::Status OrderModules(const LinkOptions& options);
  NameId CollectModuleName(UnitId unit, uint32_t index,
                           const facts::Symbol& symbol);
  bool DefineFromModules(NameId name, Target& target);
  void BindModules();
  TargetId Bind(UnitId unit, uint32_t index, const facts::Symbol& symbol);
  TargetId UndefinedTarget(NameId name, const facts::Symbol& symbol);
  TargetId Joined(const Definitions& definitions);
  void CopyContent(UnitId unit, uint32_t index, const facts::Symbol& symbol);
  void ExportModuleNames();

  const LinkOptions& options_;
  Program program_;
  ModuleScope scope_;
  absl::flat_hash_map<std::pair<absl::string_view, bool>, TargetId>
      undefined_targets_;
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
  std::vector<absl::InlinedVector<Body, 1>> function_bodies_;
  absl::flat_hash_map<TargetId, std::vector<Definition>> aliases_;
  std::vector<std::pair<TargetId, NameId>> overridden_;
  bool sections_indexed_ = false;
  absl::flat_hash_map<absl::string_view, std::vector<ObjectId>> sections_;
};

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_LINKER_H_
