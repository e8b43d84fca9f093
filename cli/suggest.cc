#include "cli/suggest.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace chestnut::cli {
namespace {

// Insertions, deletions, changes and swaps of neighbours that make `to` of
// `from` (optimal string alignment).
size_t Distance(absl::string_view from, absl::string_view to) {
  std::vector<std::vector<size_t>> steps(from.size() + 1,
                                         std::vector<size_t>(to.size() + 1));
  for (size_t i = 0; i <= from.size(); ++i) steps[i][0] = i;
  for (size_t j = 0; j <= to.size(); ++j) steps[0][j] = j;
  for (size_t i = 1; i <= from.size(); ++i) {
    for (size_t j = 1; j <= to.size(); ++j) {
      const size_t change = from[i - 1] == to[j - 1] ? 0 : 1;
      steps[i][j] = std::min({steps[i - 1][j] + 1, steps[i][j - 1] + 1,
                              steps[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && from[i - 1] == to[j - 2] &&
          from[i - 2] == to[j - 1]) {
        steps[i][j] = std::min(steps[i][j], steps[i - 2][j - 2] + 1);
      }
    }
  }
  return steps[from.size()][to.size()];
}

}  // namespace

std::string DidYouMean(absl::string_view typed,
                       const std::vector<std::string>& known) {
  // A third of the word may be wrong; more is another word.
  size_t best = typed.size() / 3 + 1;
  const std::string* nearest = nullptr;
  for (const std::string& name : known) {
    const size_t distance = Distance(typed, name);
    if (distance < best) {
      best = distance;
      nearest = &name;
    }
  }
  return nearest == nullptr ? ""
                            : absl::StrCat("; did you mean '", *nearest, "'?");
}

}  // namespace chestnut::cli
