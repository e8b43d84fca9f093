// The facts of a unit, arranged for questions by name.
#ifndef CHESTNUT_TEST_DIFFERENTIAL_FACTS_INDEX_H_
#define CHESTNUT_TEST_DIFFERENTIAL_FACTS_INDEX_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "facts/reader.h"
#include "test/differential/names.h"

namespace chestnut::differential {

// Symbols here are resolved: an alias is the symbol that it is a name for.
using SymbolSet = std::set<uint32_t>;

// What the facts say that a function or object refers to.
struct FactNode {
  SymbolSet calls;  // direct ones, and the constants that indirect ones reach
  SymbolSet virtuals;   // methods named by virtual calls
  SymbolSet addresses;  // of an object also its overriders
  SymbolSet objects;

  void Merge(const FactNode& other);
};

class FactsIndex {
 public:
  // Keeps a reference to `view`.
  explicit FactsIndex(const facts::UnitView& view);

  // The symbols that the compiler's `name` may be; empty if there is none.
  SymbolSet Find(absl::string_view name, const ClosureLines& lines) const;
  // All that the facts of these symbols say; null if none of them is defined.
  const FactNode* Node(const SymbolSet& symbols) const;
  // Symbols of the roots of this kind.
  SymbolSet Roots(facts::RootKind kind) const;
  // Whether no other unit may define one of these that is defined here.
  bool IsStrong(const SymbolSet& symbols) const;
  // The ifunc resolver of a symbol, or kNone.
  uint32_t Resolver(uint32_t symbol) const;
  absl::string_view Name(uint32_t symbol) const {
    return view_.SymbolName(symbol);
  }

 private:
  // A place that function addresses flow into: kind, symbol or record, offset;
  // a local has its function as the last part.
  using PlaceKey = std::tuple<facts::SinkKind, uint32_t, uint32_t, uint32_t>;

  void IndexNames();
  void IndexFlows();
  void AddFunction(const facts::Function& function);
  void AddObject(const facts::DataObject& object);
  void AddReached(uint32_t value, uint32_t function, std::set<PlaceKey>& seen,
                  SymbolSet& reached) const;
  uint32_t Resolve(uint32_t symbol) const;
  uint32_t ByName(absl::string_view name) const;

  const facts::UnitView& view_;
  const facts::Unit& unit_;
  std::map<std::string, SymbolSet, std::less<>> exact_;
  std::map<std::string, SymbolSet, std::less<>> placed_;
  std::map<std::string, SymbolSet, std::less<>> cut_;
  std::map<std::string, SymbolSet, std::less<>> loose_;
  std::map<PlaceKey, std::vector<std::pair<uint32_t, uint32_t>>> flows_;
  std::map<uint32_t, FactNode> nodes_;
  mutable std::map<SymbolSet, FactNode> merged_;
};

}  // namespace chestnut::differential

#endif  // CHESTNUT_TEST_DIFFERENTIAL_FACTS_INDEX_H_
