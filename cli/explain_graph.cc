#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "cli/explain.h"
#include "cli/text.h"
#include "syscalls/table.h"

namespace chestnut::cli {
namespace {

std::string ChainText(const callgraph::Way& way) {
  policy::Call call;
  call.witness = way;
  return WitnessText(call);
}

std::string WaysText(const callgraph::Question& question,
                     const callgraph::Explanation& explanation) {
  const size_t count = explanation.ways.size();
  std::string text = absl::StrCat(
      explanation.more_ways ? "the first " : "", count,
      count == 1 ? " way" : " ways",
      question.paths ? ", shortest first" : ", the shortest from each root",
      explanation.more_ways ? " (--limit for more)" : "", ":\n");
  for (const callgraph::Way& way : explanation.ways) {
    absl::StrAppend(&text, "\n", ChainText(way));
  }
  return text;
}

std::string IdleText(const policy::Policy& policy, const std::string& name,
                     const callgraph::Explanation& explanation) {
  if (explanation.idle.empty()) {
    return absl::StrCat(
        "no code of ", ProgramName(policy),
        " or its libraries has this number as a constant, so nothing would "
        "make the call\n");
  }
  std::string text = absl::StrCat(
      explanation.idle_count,
      explanation.idle_count == 1 ? " place" : " places", " would make ", name,
      ", in code that does not run with the filter on",
      explanation.idle_count > explanation.idle.size()
          ? absl::StrCat("; the first ", explanation.idle.size(),
                         " (--limit for more)")
          : "",
      ":\n");
  for (const callgraph::IdlePlace& place : explanation.idle) {
    absl::StrAppend(&text, "\n", place.place, " in ", place.function, ": ",
                    place.reason, "\n");
    if (place.chain.size() > 1) text += ChainText(place.chain);
  }
  return text;
}

}  // namespace

std::string GraphText(const policy::Policy& policy,
                      const callgraph::Question& question,
                      const callgraph::Explanation& explanation) {
  const std::string name = syscalls::NameOrNumber(question.number);
  const policy::Call* call = policy::FindCall(policy.calls, question.number);
  if (call != nullptr) {
    if (!explanation.ways.empty()) return WaysText(question, explanation);
    return absl::StrCat(
        "no code that runs here makes it; the policy has it for another "
        "reason:\n",
        WitnessText(*call));
  }
  std::string text;
  if (!explanation.ways.empty()) {
    absl::StrAppend(&text,
                    "the program can make it all the same: the policy was "
                    "narrowed by hand, or is of another build; ",
                    WaysText(question, explanation), "\n");
  }
  return text + IdleText(policy, name, explanation);
}

}  // namespace chestnut::cli
