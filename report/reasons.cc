#include "report/reasons.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "report/html.h"

namespace chestnut::report {
namespace {

absl::string_view FunctionOf(const policy::WitnessStep& step) {
  return step.function.empty() ? "always" : absl::string_view(step.function);
}

void AddStep(const policy::WitnessStep& step, std::string& out) {
  absl::StrAppend(&out, "<code>", Escape(FunctionOf(step)), "</code>");
  if (!step.place.empty()) {
    absl::StrAppend(&out, " <small>", Escape(step.place), "</small>");
  }
  if (!step.reason.empty()) {
    absl::StrAppend(&out, " <em>", Escape(step.reason), "</em>");
  }
}

}  // namespace

std::string Reasons::Tree(const policy::Policy& policy, absl::string_view id) {
  const std::vector<WitnessNode> roots = WitnessTree(policy.calls);
  std::string out = absl::StrCat("<details class=\"tree\" id=\"", id, "-why\"");
  if (shared_) {
    absl::StrAppend(&out, " data-tree=\"[");
    for (const WitnessNode& root : roots) AddData(root, out);
    // No list ends with a comma.
    if (!roots.empty()) out.pop_back();
    absl::StrAppend(&out, "]\"");
  }
  absl::StrAppend(&out, "><summary>Why: the ways to the calls</summary>\n");
  if (!shared_) {
    for (const WitnessNode& root : roots) AddNode(root, id, out);
  }
  return out + "</details>\n";
}

std::string Reasons::Anchor(absl::string_view id,
                            absl::string_view call) const {
  return shared_ ? absl::StrCat(id, "-why") : absl::StrCat(id, "-", call);
}

void Reasons::AddNode(const WitnessNode& start, absl::string_view id,
                      std::string& out) const {
  // What has no branches is one line.
  const WitnessNode* node = &start;
  std::string steps;
  AddStep(node->step, steps);
  while (node->calls.empty() && node->children.size() == 1) {
    node = &node->children[0];
    steps += " › ";
    AddStep(node->step, steps);
  }
  for (const std::string& call : node->calls) {
    absl::StrAppend(&steps, " → <b id=\"", Anchor(id, call), "\">", call,
                    "</b>");
  }
  if (node->children.empty()) {
    absl::StrAppend(&out, "<p>", steps, "</p>\n");
    return;
  }
  absl::StrAppend(&out, "<details open><summary>", steps, " <small>(",
                  CallCount(*node), ")</small></summary>\n");
  for (const WitnessNode& child : node->children) AddNode(child, id, out);
  absl::StrAppend(&out, "</details>\n");
}

// "[function,place,reason,[calls],[children]],": indices of names.
void Reasons::AddData(const WitnessNode& node, std::string& out) {
  std::vector<size_t> calls;
  calls.reserve(node.calls.size());
  for (const std::string& call : node.calls) calls.push_back(IndexOf(call));
  absl::StrAppend(&out, "[", IndexOf(FunctionOf(node.step)), ",",
                  IndexOf(node.step.place), ",", IndexOf(node.step.reason),
                  ",[", absl::StrJoin(calls, ","), "],[");
  for (const WitnessNode& child : node.children) AddData(child, out);
  if (!node.children.empty()) out.pop_back();
  absl::StrAppend(&out, "]],");
}

size_t Reasons::IndexOf(absl::string_view name) {
  const auto [entry, is_new] =
      indices_.try_emplace(std::string(name), names_.size());
  if (is_new) names_.emplace_back(name);
  return entry->second;
}

std::string Reasons::Names() const {
  if (names_.empty()) return "";
  // One a line, which no name has.
  return absl::StrCat("<template id=\"names\">",
                      Escape(absl::StrJoin(names_, "\n")), "</template>\n");
}

}  // namespace chestnut::report
