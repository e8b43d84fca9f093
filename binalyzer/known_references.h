// What the facts of an object's units say that its functions and objects refer
// to, so that the object's relocations can be held against it.
#ifndef CHESTNUT_BINALYZER_KNOWN_REFERENCES_H_
#define CHESTNUT_BINALYZER_KNOWN_REFERENCES_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "binalyzer/reachability.h"
#include "facts/reader.h"

namespace chestnut::binalyzer {

// A linker name within one object file: one for all its units if external, one
// of each unit if internal. Aliases are the name they stand for.
using NameId = uint32_t;
using NameSet = absl::flat_hash_set<NameId>;

class KnownReferences {
 public:
  // `units` must outlive this; usually one, several after `ld -r` and with
  // link-time optimisation.
  explicit KnownReferences(const std::vector<facts::UnitView>& units);

  // The names that a symbol of the object file can be in the facts. The
  // optimiser makes external names local, and derives names (`f.cold`).
  absl::InlinedVector<NameId, 1> Find(absl::string_view name, bool local) const;

  // The functions of the facts that a local function of the object file can be
  // whose name Find does not know, because a closure of internal linkage is in
  // it. Closures are numbered by each compiler as it comes across them, in the
  // facts by their places, so only what is spelled before the first one says
  // anything; the right function is among these.
  std::vector<NameId> FindClosures(absl::string_view name) const;

  // Whether the facts have a body or an initialiser of it.
  bool HasFunction(NameId name) const { return !functions_[name].empty(); }
  bool HasObject(NameId name) const { return !objects_[name].empty(); }
  bool IsInternal(NameId name) const { return unit_of_[name] != facts::kNone; }
  absl::string_view TextOf(NameId name) const { return texts_[name]; }
  // Base name of the source file of an internal name.
  absl::string_view FileOf(NameId name) const;
  // Whether a unit refers to an external name without defining it.
  bool IsUndefined(absl::string_view name) const;

  // Whether the facts say that `function` calls `target`, itself or through the
  // functions it calls: those may have been inlined into it.
  bool Calls(NameId function, NameId target);
  // Whether the facts say that `function` refers to `target` in any way,
  // itself, through the functions it calls, or through the objects these refer
  // to (whose content may have been folded into the code).
  bool Refers(NameId function, NameId target);
  // The same for an object's initialiser.
  bool ObjectRefers(NameId object, NameId target);

  // Constructors, destructors and other roots.
  const NameSet& roots() const { return roots_; }

 private:
  struct Body {
    uint32_t unit;
    const facts::Function* facts;
  };
  struct Initialiser {
    uint32_t unit;
    const facts::DataObject* facts;
  };

  NameId NewName(absl::string_view text, uint32_t unit);
  void AddUnit(uint32_t unit);
  void AddClosure(absl::string_view text, NameId name);
  NameId Aliased(NameId name) const;
  NameId NameOf(uint32_t unit, uint32_t symbol) const;
  void AddFunctionEdges(NameId name);
  void AddObjectEdges(NameId name);
  // The graph has two nodes for a name: running it, from which calls lead on,
  // and referring to it, from which only what an object holds leads on.
  static uint32_t Running(NameId name) { return 2 * name; }
  static uint32_t Referring(NameId name) { return 2 * name + 1; }
  Reachability& Graph();

  const std::vector<facts::UnitView>& units_;
  std::vector<std::vector<NameId>> names_;  // by unit and symbol
  std::vector<absl::string_view> texts_;
  std::vector<uint32_t> unit_of_;  // kNone for external names
  std::vector<NameId> alias_of_;
  std::vector<bool> defined_;
  absl::flat_hash_map<absl::string_view, NameId> external_;
  absl::flat_hash_map<absl::string_view, absl::InlinedVector<NameId, 1>>
      internal_;
  // By what their names begin with, up to a closure.
  absl::flat_hash_map<absl::string_view, std::vector<NameId>> closures_;
  std::vector<absl::InlinedVector<Body, 1>> functions_;
  std::vector<absl::InlinedVector<Initialiser, 1>> objects_;
  NameSet roots_;
  std::vector<std::pair<uint32_t, uint32_t>> edges_;
  std::optional<Reachability> graph_;
};

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_KNOWN_REFERENCES_H_
