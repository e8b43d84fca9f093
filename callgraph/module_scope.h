#ifndef CHESTNUT_CALLGRAPH_MODULE_SCOPE_H_
#define CHESTNUT_CALLGRAPH_MODULE_SCOPE_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "callgraph/link.h"

// Which definition the loader binds a name to. The rules are those of glibc's
// elf/dl-lookup.c (do_lookup_x, check_match).
namespace chestnut::callgraph {

// A definition that a module exports.
struct ModuleDefinition {
  UnitId unit = 0;
  uint32_t symbol = 0;
  absl::string_view version = {};  // empty: none
};

// What a reference asks for.
struct Lookup {
  absl::string_view name;
  absl::string_view version = {};  // empty: any
  UnitId from = kNone;             // the module; kNone: code linked statically
  bool own_first = false;          // DT_SYMBOLIC
  // Search only behind `from`: what a copy relocation copies.
  bool behind = false;
};

using Definitions = absl::InlinedVector<ModuleDefinition, 1>;

class ModuleScope {
 public:
  // Appends a module to the search order. `group` 0: loaded at start; others:
  // loaded later, one group a dlopen with what it brings along.
  void AddModule(UnitId unit, uint32_t group);
  // Of a module that was added.
  void AddDefinition(absl::string_view name,
                     const ModuleDefinition& definition);

  // Every definition that the reference can be bound to; usually one. More
  // where the order of loading, or the age of a version, decides and is not
  // known. Empty: nobody defines it.
  Definitions Find(const Lookup& lookup) const;

  const std::vector<UnitId>& modules() const { return modules_; }
  bool empty() const { return modules_.empty(); }
  // Names that some module defines.
  const absl::flat_hash_map<absl::string_view, std::vector<ModuleDefinition>>&
  names() const {
    return definitions_;
  }

 private:
  uint32_t RankOf(UnitId unit) const { return places_.at(unit).first; }
  uint32_t GroupOf(UnitId unit) const { return places_.at(unit).second; }

  std::vector<UnitId> modules_;  // in search order
  absl::flat_hash_map<UnitId, std::pair<uint32_t, uint32_t>> places_;
  absl::flat_hash_map<absl::string_view, std::vector<ModuleDefinition>>
      definitions_;
};

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_MODULE_SCOPE_H_
