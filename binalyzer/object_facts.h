// The facts of a module's data.
#ifndef CHESTNUT_BINALYZER_OBJECT_FACTS_H_
#define CHESTNUT_BINALYZER_OBJECT_FACTS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "binalyzer/module_model.h"
#include "binalyzer/module_symbols.h"
#include "facts/builder.h"

namespace chestnut::binalyzer {

// Whether the linker defines __start_NAME and __stop_NAME around a section of
// that name, so that code may walk from one to the other.
bool HasBorderSymbols(absl::string_view name);

// By number in DataObjects: whether a function or another module's symbol can
// be reached through the object, however far.
std::vector<bool> FindInteresting(const ModuleModel& model);

// The facts of the object: what its words refer to. Function addresses in it
// can be called by code without types.
std::unique_ptr<facts::DataObjectT> MakeObjectFacts(
    const ModuleModel& model, uint32_t object,
    const std::vector<bool>& interesting, ModuleSymbols& symbols,
    facts::FactsBuilder& builder);

// Objects that stand for the arrays of functions which the loader runs, as data
// of the sections .preinit_array, .init_array and .fini_array.
void AddStartupArrays(const ModuleModel& model, ModuleSymbols& symbols,
                      facts::FactsBuilder& builder);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_OBJECT_FACTS_H_
