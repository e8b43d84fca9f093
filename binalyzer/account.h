// The account of a module in words: what of it is covered, and what is unknown
// for which reason.
#ifndef CHESTNUT_BINALYZER_ACCOUNT_H_
#define CHESTNUT_BINALYZER_ACCOUNT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "binalyzer/module_facts.h"

namespace chestnut::binalyzer {

// One line each for code, function symbols, symbols, relocations and system
// calls, whose parts add up to the sum before them, and one for each list of
// places where something is not known. Each line begins with `module`.
std::vector<std::string> AccountLines(absl::string_view module,
                                      const ModuleStatistics& statistics);

// The sum of a map's values.
uint64_t SumOf(const std::map<std::string, uint64_t>& counts);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_ACCOUNT_H_
