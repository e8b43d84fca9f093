// The symbols of a module's facts (docs/facts.md, "Modules").
#ifndef CHESTNUT_BINALYZER_MODULE_SYMBOLS_H_
#define CHESTNUT_BINALYZER_MODULE_SYMBOLS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "binalyzer/module_model.h"
#include "facts/builder.h"

namespace chestnut::binalyzer {

// The name under which other facts have a function or object of an object file.
struct DescribedName {
  std::string name;
  bool internal = false;
};
// What a symbol of a relocatable object is in other facts; nothing: it is not.
using Describe =
    std::function<std::optional<DescribedName>(const ImageSymbol&)>;

// Makes facts symbols on demand. What is found at an address has the name of a
// symbol there, else sub_<address> or data_<address>, and is internal, but in
// relocatable objects what its symbol says.
class ModuleSymbols {
 public:
  // `describe` may be empty. What it knows is referred to and not defined.
  ModuleSymbols(const ModuleModel& model, Describe describe,
                facts::FactsBuilder& builder);

  // Of the function that the range is a part of.
  uint32_t Function(uint32_t range);
  // What the resolver returns, as a symbol that only this module knows.
  uint32_t Resolved(uint32_t resolver);
  uint32_t Object(uint32_t object);
  // An entry of the image's symbol table that others may define or use.
  uint32_t Named(uint32_t image_symbol);
  // A symbol for something that the file has no name for; must be defined.
  uint32_t Synthetic(absl::string_view name, facts::SymbolType type);

  // A symbol that others can refer to, of this unit's own making.
  uint32_t Invented(absl::string_view name);
  // Whether other facts have the function or object that begins there.
  bool IsDescribed(uint64_t address) const;

  // What functions and objects a reference to the image's symbol may mean: an
  // undefined one without type may be both.
  bool MayBeFunction(uint32_t image_symbol) const;
  bool MayBeObject(uint32_t image_symbol) const;

  // All exported definitions, so that others find them.
  void AddExports();
  // Resolvers that relocations name without a symbol.
  void AddResolvers();

  // Objects that a symbol was made for, by their number in DataObjects, in the
  // order of making.
  const std::vector<uint32_t>& objects() const { return made_objects_; }
  // Functions that choose the target of an ifunc, likewise.
  const std::vector<uint32_t>& resolvers() const { return made_resolvers_; }

 private:
  struct Naming {
    absl::string_view name;
    uint32_t symbol;
    absl::string_view prefix;
    uint64_t address;
    facts::SymbolType type;
  };
  uint32_t Define(const Naming& naming);
  uint32_t Refer(const DescribedName& described, facts::SymbolType type);
  std::optional<DescribedName> DescribedAt(uint64_t address) const;
  void MarkResolver(uint32_t group);
  bool IsIfunc(uint32_t image_symbol) const;
  std::string Unique(absl::string_view name, uint64_t address);
  void FillDefinition(const ImageSymbol& symbol, facts::SymbolT* out);
  bool IsRelocatable() const {
    return model_.image().kind() == ImageKind::kRelocatable;
  }

  const ModuleModel& model_;
  const Describe describe_;
  facts::FactsBuilder& builder_;
  absl::flat_hash_set<std::string> names_;  // of internal symbols
  absl::flat_hash_set<uint64_t> copied_;    // addresses of copy relocations
  absl::flat_hash_map<uint32_t, uint32_t> functions_;
  absl::flat_hash_map<uint32_t, uint32_t> resolved_;
  absl::flat_hash_map<uint32_t, uint32_t> objects_;
  absl::flat_hash_map<uint32_t, uint32_t> named_;
  std::vector<uint32_t> made_objects_;
  std::vector<uint32_t> made_resolvers_;
  absl::flat_hash_set<uint32_t> is_resolver_;
};

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_MODULE_SYMBOLS_H_
