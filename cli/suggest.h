#ifndef CHESTNUT_CLI_SUGGEST_H_
#define CHESTNUT_CLI_SUGGEST_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace chestnut::cli {

// "; did you mean 'openat'?" for what somebody typed: the nearest of `known`
// (by Damerau and Levenshtein's distance, the first of equals). Empty where
// nothing is near enough to be meant.
std::string DidYouMean(absl::string_view typed,
                       const std::vector<std::string>& known);

}  // namespace chestnut::cli

#endif  // CHESTNUT_CLI_SUGGEST_H_
