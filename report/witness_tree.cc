#include "report/witness_tree.h"

#include <algorithm>
#include <tuple>

namespace chestnut::report {
namespace {

auto Key(const policy::WitnessStep& step) {
  return std::tie(step.function, step.place, step.reason);
}

WitnessNode& Child(std::vector<WitnessNode>& nodes,
                   const policy::WitnessStep& step) {
  auto at = std::lower_bound(
      nodes.begin(), nodes.end(), step,
      [](const WitnessNode& node, const policy::WitnessStep& wanted) {
        return Key(node.step) < Key(wanted);
      });
  if (at == nodes.end() || !(at->step == step)) {
    at = nodes.insert(at, {step, {}, {}});
  }
  return *at;
}

void SortCalls(std::vector<WitnessNode>& nodes) {
  for (WitnessNode& node : nodes) {
    std::sort(node.calls.begin(), node.calls.end());
    SortCalls(node.children);
  }
}

}  // namespace

std::vector<WitnessNode> WitnessTree(const std::vector<policy::Call>& calls) {
  std::vector<WitnessNode> roots;
  for (const policy::Call& call : calls) {
    std::vector<WitnessNode>* nodes = &roots;
    WitnessNode* last = nullptr;
    for (const policy::WitnessStep& step : call.witness) {
      last = &Child(*nodes, step);
      nodes = &last->children;
    }
    if (last != nullptr) last->calls.push_back(call.name);
  }
  SortCalls(roots);
  return roots;
}

size_t CallCount(const WitnessNode& node) {
  size_t count = node.calls.size();
  for (const WitnessNode& child : node.children) count += CallCount(child);
  return count;
}

}  // namespace chestnut::report
