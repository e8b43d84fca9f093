#include "driver/definitions.h"

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace chestnut::driver {
namespace {

using binalyzer::ElfSymbol;
using facts::UnitView;

// The functions that units refer to and none defines, and where.
absl::flat_hash_map<absl::string_view, std::string> References(
    const std::vector<UnitView>& units,
    const std::vector<callgraph::UndefinedSymbol>& undefined) {
  absl::flat_hash_map<absl::string_view, std::string> result;
  for (const callgraph::UndefinedSymbol& entry : undefined) {
    result.try_emplace(
        entry.symbol,
        absl::StrCat(entry.referrer, " refers to (", entry.place, ")"));
  }
  absl::flat_hash_set<absl::string_view> defined;
  for (const UnitView& unit : units) {
    if (unit.unit().symbols() == nullptr) continue;
    for (uint32_t i = 0; i < unit.unit().symbols()->size(); ++i) {
      const facts::Symbol* symbol = unit.unit().symbols()->Get(i);
      if (symbol->linkage() == facts::Linkage::internal) continue;
      if (symbol->defined()) {
        defined.insert(unit.SymbolName(i));
      } else if (symbol->type() == facts::SymbolType::function) {
        result.try_emplace(unit.SymbolName(i),
                           absl::StrCat(unit.name(), " refers to"));
      }
    }
  }
  for (absl::string_view name : defined) result.erase(name);
  return result;
}

bool MayBeFunction(const ElfSymbol& symbol, const binalyzer::ElfFile& program) {
  return symbol.section == ElfSymbol::kAbsolute ||
         (symbol.section < program.sections().size() &&
          program.sections()[symbol.section].executable());
}

}  // namespace

absl::Status CheckDefinitions(
    const std::vector<UnitView>& units,
    const std::vector<callgraph::UndefinedSymbol>& undefined,
    const binalyzer::ElfFile& program) {
  const auto references = References(units, undefined);
  if (references.empty()) return absl::OkStatus();
  for (const ElfSymbol& symbol : program.symbols()) {
    if (symbol.local() || !MayBeFunction(symbol, program)) continue;
    const auto it = references.find(symbol.name);
    if (it == references.end()) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "no facts define '", symbol.name, "', which ", it->second,
        ": the linker makes it (a linker script, --defsym); define it in a "
        "source file"));
  }
  return absl::OkStatus();
}

absl::Status CheckAssigned(const std::vector<UnitView>& units,
                           const std::vector<std::string>& assigned) {
  if (assigned.empty()) return absl::OkStatus();
  const absl::flat_hash_set<absl::string_view> names(assigned.begin(),
                                                     assigned.end());
  for (const UnitView& unit : units) {
    if (unit.unit().symbols() == nullptr) continue;
    for (uint32_t i = 0; i < unit.unit().symbols()->size(); ++i) {
      const facts::Symbol* symbol = unit.unit().symbols()->Get(i);
      if (symbol->linkage() == facts::Linkage::internal ||
          symbol->type() != facts::SymbolType::function ||
          !names.contains(unit.SymbolName(i))) {
        continue;
      }
      return absl::FailedPreconditionError(absl::StrCat(
          "a linker script or --defsym gives the function '",
          unit.SymbolName(i), "' of ", unit.name(),
          " an address, which the analysis cannot follow; define it in a "
          "source file"));
    }
  }
  return absl::OkStatus();
}

}  // namespace chestnut::driver
