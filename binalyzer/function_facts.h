// The facts of one function of a module.
#ifndef CHESTNUT_BINALYZER_FUNCTION_FACTS_H_
#define CHESTNUT_BINALYZER_FUNCTION_FACTS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "binalyzer/call_values.h"
#include "binalyzer/module_model.h"
#include "binalyzer/module_symbols.h"
#include "facts/builder.h"

namespace chestnut::binalyzer {

class FunctionFacts {
 public:
  // `interesting`: by number in DataObjects, those through which something can
  // be reached (object_facts.h); references to others are left out.
  FunctionFacts(const ModuleModel& model, const CallValues& values,
                const std::vector<bool>& interesting, ModuleSymbols& symbols,
                facts::FactsBuilder& builder)
      : model_(model),
        values_(values),
        interesting_(interesting),
        symbols_(symbols),
        builder_(builder) {}

  // Of the function that `group` stands for.
  std::unique_ptr<facts::FunctionT> Make(uint32_t group);

 private:
  void AddTransfers(uint32_t part);
  void AddTransfer(const Transfer& transfer);
  // `values`: of the call's arguments, null if they are not known.
  void AddCall(uint32_t symbol, uint64_t address, const CallArguments* values);
  void AddCallTo(const Destination& destination, uint64_t address,
                 const CallArguments* values);
  void AddJump(uint64_t target, uint64_t from, const CallArguments* values);
  // An indirect one that the file does not say the target of.
  void AddOpenCall(const Transfer& transfer);
  void AddWrites();
  // Whether the function has such a name.
  bool IsNamed(bool (*has)(absl::string_view name)) const;
  void AddReferences(uint32_t part);
  void AddReference(const CodeReference& reference);
  void AddAccessed(uint64_t address);
  void AddTaken(const Destination& destination);
  void AddNamed(uint32_t image_symbol);
  void AddObjects();
  bool IsOnlyTouched(const DataObject& object, uint64_t address) const;
  bool EndsInCallOfItsEntry(uint32_t part, int64_t next) const;
  void AddSites(uint32_t part);
  void AddUnwinding(uint32_t part);
  void AddNeed(const Destination& destination, uint64_t address);

  const ModuleModel& model_;
  const CallValues& values_;
  const std::vector<bool>& interesting_;
  ModuleSymbols& symbols_;
  facts::FactsBuilder& builder_;

  // The function at hand.
  uint32_t group_ = 0;
  std::unique_ptr<facts::FunctionT> out_;
  absl::flat_hash_set<uint32_t> plain_calls_;  // symbols, without arguments
  std::vector<uint32_t> taken_;
  std::vector<uint64_t> data_;     // addresses
  std::vector<uint64_t> forward_;  // those that no end of an object can be
  std::vector<uint32_t> objects_;
  std::vector<uint32_t> opened_;
};

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_FUNCTION_FACTS_H_
