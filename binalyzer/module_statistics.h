// The account of a module; see ModuleStatistics in module_facts.h.
#ifndef CHESTNUT_BINALYZER_MODULE_STATISTICS_H_
#define CHESTNUT_BINALYZER_MODULE_STATISTICS_H_

#include "binalyzer/call_values.h"
#include "binalyzer/module_facts.h"
#include "binalyzer/module_model.h"
#include "facts/facts_generated.h"

namespace chestnut::binalyzer {

void FillStatistics(const ModuleModel& model, const CallValues& values,
                    const facts::UnitT& unit, ModuleStatistics* statistics);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_MODULE_STATISTICS_H_
