#ifndef CHESTNUT_CALLGRAPH_LINK_H_
#define CHESTNUT_CALLGRAPH_LINK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "facts/reader.h"

// Puts the facts of many units together as the linker puts their objects
// together: every symbol of every unit gets the definitions it can mean.
namespace chestnut::callgraph {

using UnitId = uint32_t;
using FunctionId = uint32_t;
using ObjectId = uint32_t;
using BodyId = uint32_t;
using TargetId = uint32_t;

inline constexpr uint32_t kNone = facts::kNone;

// One entry of a unit's function table.
struct Body {
  UnitId unit = 0;
  const facts::Function* facts = nullptr;
  FunctionId function = 0;
};

// A function of the program. COMDAT and inline copies are bodies of one
// function, because the linker keeps one and the optimiser may have inlined any
// of them. A weak definition that gave way is a function of its own, which only
// its unit reaches.
struct Function {
  absl::string_view name;
  UnitId unit = kNone;  // of the first body
  bool internal = false;
  // Nobody's facts define it; the caller of the analysis allowed that.
  bool opaque = false;
  // Its code has no types (assembly, opaque): it may call any function whose
  // address it is given.
  bool untyped = false;
  BodyId first_body = 0;
  uint32_t body_count = 0;
};

// A data object; its definitions (common, COMDAT copies) all count.
struct Object {
  absl::string_view name;
  bool opaque = false;
  absl::InlinedVector<std::pair<UnitId, const facts::DataObject*>, 1> parts;
};

// What a symbol means where it is used.
struct Target {
  absl::InlinedVector<FunctionId, 1> functions;
  absl::InlinedVector<ObjectId, 1> objects;
  // Functions that choose at start-up which function the symbol is.
  absl::InlinedVector<FunctionId, 1> resolvers;
  // Referred to strongly, and nobody defines it. The functions and objects are
  // opaque then. A weak symbol that nobody defines means nothing at all.
  bool undefined = false;
};

// A module that the loader maps, by the name of its unit.
struct LoadedModule {
  std::string unit;
  // 0: at start; else the number of the dlopen that brings it.
  uint32_t group = 0;
  // What is called in it by name (dlsym): these exports, or all.
  std::vector<std::string> called = {};
  bool all_called = false;
};

struct LinkOptions {
  // Symbols given to the linker with --wrap.
  std::vector<std::string> wrapped = {};
  // Executables and shared objects in the order in which the loader searches
  // them, the program first. Module units that are not named follow by name;
  // code linked statically comes before all.
  std::vector<LoadedModule> load_order = {};
};

// The program after symbol resolution. Holds views into the units.
class Program {
 public:
  const std::vector<facts::UnitView>& units() const { return units_; }
  const facts::UnitView& unit(UnitId id) const { return units_[id]; }
  const std::vector<Function>& functions() const { return functions_; }
  const Function& function(FunctionId id) const { return functions_[id]; }
  const std::vector<Object>& objects() const { return objects_; }
  const Object& object(ObjectId id) const { return objects_[id]; }
  const std::vector<Body>& bodies() const { return bodies_; }
  const Body& body(BodyId id) const { return bodies_[id]; }

  // What symbol `symbol` of `unit` means in that unit.
  TargetId target_id(UnitId unit, uint32_t symbol) const {
    return symbol_targets_[unit][symbol];
  }
  const Target& target(TargetId id) const { return targets_[id]; }
  const Target& target(UnitId unit, uint32_t symbol) const {
    return targets_[symbol_targets_[unit][symbol]];
  }
  // What another unit means with the external name; null if nobody defines it.
  const Target* Find(absl::string_view name) const;

  // Units of what the loader maps, in search order, and the group of each.
  const std::vector<UnitId>& modules() const { return modules_; }
  uint32_t group(UnitId unit) const { return groups_[unit]; }
  // Units of the loader's modules are not linked into anything.
  bool IsLoaded(UnitId unit) const { return groups_[unit] != kNone; }

  // Objects that live in a section which the start-up or exit code walks
  // (`.init_array`, `.ctors`, `.preinit_array`; `.fini_array`, `.dtors`).
  const std::vector<ObjectId>& startup_arrays() const {
    return startup_arrays_;
  }
  const std::vector<ObjectId>& exit_arrays() const { return exit_arrays_; }

 private:
  friend class Linker;

  std::vector<facts::UnitView> units_;
  std::vector<Function> functions_;
  std::vector<Object> objects_;
  std::vector<Body> bodies_;
  std::vector<Target> targets_;
  std::vector<std::vector<TargetId>> symbol_targets_;
  absl::flat_hash_map<absl::string_view, TargetId> external_;
  std::vector<ObjectId> startup_arrays_;
  std::vector<ObjectId> exit_arrays_;
  std::vector<UnitId> modules_;
  std::vector<uint32_t> groups_;  // by unit; kNone: linked statically
  std::vector<std::unique_ptr<std::string>> owned_names_;
};

// Resolves all symbols. The result does not depend on the order of the units:
// where the linker would take the first of several weak definitions, all of
// them count. Units with errors and two strong definitions of a symbol are
// errors that name the units (FailedPrecondition); undefined symbols are left
// to the analysis, which knows whether live code refers to them.
absl::StatusOr<Program> Link(std::vector<facts::UnitView> units,
                             const LinkOptions& options);

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_LINK_H_
