// Writes what object files add to facts, as facts.
#ifndef CHESTNUT_BINALYZER_SUPPLEMENT_H_
#define CHESTNUT_BINALYZER_SUPPLEMENT_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "facts/builder.h"
#include "facts/reader.h"

namespace chestnut::binalyzer {

// One unit of kind `supplement` or `assembly` in the making. Functions and
// objects are made when first mentioned; edges are kept once each and in
// order, so that equal objects give equal bytes.
class Supplement {
 public:
  Supplement(facts::UnitKind kind, absl::string_view name);

  // How a symbol of this unit is bound. `file` tells internal symbols of the
  // same name apart: base name of the source.
  struct Name {
    std::string text;
    facts::Linkage linkage = facts::Linkage::external;
    std::string file;

    auto operator<=>(const Name&) const = default;
  };

  uint32_t Symbol(const Name& name, facts::SymbolType type);
  // Gives the symbol a definition in this unit.
  void Define(uint32_t symbol);

  void AddCall(uint32_t function, uint32_t target);
  void AddAddressTaken(uint32_t function, uint32_t target);
  void AddObject(uint32_t function, uint32_t object);
  void SetUntyped(uint32_t function);
  // A system call of unknown number.
  void AddUnknownSite(uint32_t function, absl::string_view reason);
  void AddObjectAddressTaken(uint32_t object, uint32_t target);
  void AddObjectObject(uint32_t object, uint32_t target);
  void AddRoot(facts::RootKind kind, uint32_t symbol);

  bool empty() const { return functions_.empty() && objects_.empty(); }
  // Serialises and checks. May be called once.
  absl::StatusOr<facts::UnitView> Finish();

 private:
  facts::FunctionT& FunctionOf(uint32_t symbol);
  facts::DataObjectT& ObjectOf(uint32_t symbol);

  facts::FactsBuilder builder_;
  std::string name_;
  std::map<Name, uint32_t> symbols_;
  std::map<uint32_t, std::string> files_;
  std::map<uint32_t, facts::FunctionT*> functions_;
  std::map<uint32_t, facts::DataObjectT*> objects_;
  std::map<std::pair<uint32_t, uint32_t>, bool> calls_;
};

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_SUPPLEMENT_H_
