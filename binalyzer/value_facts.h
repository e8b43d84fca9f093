// Abstract values as the facts write them.
#ifndef CHESTNUT_BINALYZER_VALUE_FACTS_H_
#define CHESTNUT_BINALYZER_VALUE_FACTS_H_

#include <cstdint>

#include "binalyzer/module_symbols.h"
#include "binalyzer/value_pool.h"
#include "facts/builder.h"

namespace chestnut::binalyzer {

// `value` as a value of the unit under construction. What the facts cannot say
// is unknown with a reason and the place of its instruction.
uint32_t ToFacts(const ModuleModel& model, const ValuePool& pool, ValueId value,
                 ModuleSymbols& symbols, facts::FactsBuilder& builder);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_VALUE_FACTS_H_
