// The work of reconcile.h on one object file.
#ifndef CHESTNUT_BINALYZER_OBJECT_RECONCILER_H_
#define CHESTNUT_BINALYZER_OBJECT_RECONCILER_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "binalyzer/known_references.h"
#include "binalyzer/object_map.h"
#include "binalyzer/reconcile.h"
#include "binalyzer/supplement.h"

namespace chestnut::binalyzer {

// What is known of the link as a whole.
struct LinkContext {
  // Strong functions that some unit has facts of: what assembly defines under
  // such a name is annotated.
  absl::flat_hash_set<absl::string_view> annotated;
  // Symbols that object files define; not looked at in a linked output.
  absl::flat_hash_set<absl::string_view> foreign;
};

class ObjectReconciler {
 public:
  ObjectReconciler(const LinkedObject& object, const LinkContext& context);

  void Run();
  // Appends the units that have something to say.
  absl::Status Finish(std::vector<facts::UnitView>& units);

 private:
  // Who refers: a function or object of the facts, all functions (unwinding),
  // the code that no facts know (the hub), or data that no facts know.
  enum class PartyKind { kFunction, kObject, kAllFunctions, kHub, kRegion };
  struct Party {
    PartyKind kind;
    uint32_t id = 0;  // NameId; for regions see RegionOf
    auto operator<=>(const Party&) const = default;
  };
  // What is referred to: a symbol, or data that no facts know.
  struct Target {
    bool is_region = false;
    uint32_t id = 0;  // symbol index or region
    bool call = false;
    auto operator<=>(const Target&) const = default;
  };

  bool IsOutput() const;
  bool IsUnknownFunction(uint32_t symbol) const;
  bool IsAnnotated(absl::string_view name) const;
  absl::InlinedVector<NameId, 1> Names(uint32_t symbol) const;
  // Of a symbol without a name in the facts (known_references.h).
  std::vector<NameId> Closures(uint32_t symbol) const;

  std::vector<Party> OwnersOfCode(Place place) const;
  std::vector<Party> OwnersOfData(Place place) const;
  uint32_t RegionOf(uint32_t symbol) const { return symbol; }
  uint32_t RegionOfSection(uint32_t section) const;
  void AddDataTargets(Place place, uint64_t slack,
                      std::vector<Target>& targets) const;
  std::vector<Target> TargetsOf(const Reference& reference) const;
  Target TargetOfSymbol(uint32_t symbol, bool call) const;

  void ReadReferences();
  void ReadStartupArray(uint32_t section, bool exit);
  void ReadUnwindTables(uint32_t section);
  void FindUnrelocatedCalls(uint32_t section);
  void ScanUnknownCode(uint32_t section);
  std::string UnannotatedCodeAt(Place place) const;
  void DefineUnknownSymbols();

  // A reference of one of the parties.
  void RecordOne(const std::vector<Party>& parties, const Target& target);
  void Record(const Party& party, const Target& target);
  void ResolveRegions();
  bool Explains(const Party& party, NameId name, bool call);
  bool IsExplained(const Party& party, const Target& target);
  void AddEdge(const Party& party, const Target& target);
  void AddFunctionEdge(uint32_t function, const Target& target);
  void AddObjectEdge(uint32_t object, const Target& target);

  Supplement::Name NameOfKnown(NameId name, absl::string_view text) const;
  // A symbol of the object as a symbol of the supplement.
  uint32_t SupplementSymbol(uint32_t symbol, facts::SymbolType type);
  std::vector<uint32_t> SupplementSymbols(uint32_t symbol,
                                          facts::SymbolType type);
  facts::SymbolType TypeOf(uint32_t symbol, bool call) const;
  uint32_t Hub();

  const LinkedObject& object_;
  const LinkContext& context_;
  const ElfFile& elf_;
  ObjectMap map_;
  KnownReferences known_;
  Supplement supplement_;
  Supplement assembly_;
  bool hub_used_ = false;
  // What no facts know is read as machine code.
  bool code_read_ = false;
  std::set<NameId> functions_;                     // known ones with code here
  std::set<uint32_t> unknown_functions_;           // symbols
  std::map<uint32_t, std::string> named_regions_;  // data that others can mean
  std::map<uint32_t, std::set<Party>> referrers_;  // of regions
  std::map<uint32_t, std::set<Target>> region_targets_;
};

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_OBJECT_RECONCILER_H_
