#include "binalyzer/reachability.h"

#include <algorithm>
#include <cstddef>

namespace chestnut::binalyzer {
namespace {

constexpr uint32_t kUnset = 0xffffffff;
// Above this many components their closures would take more memory than
// searching each time is worth.
constexpr size_t kMaxComponents = 30000;

}  // namespace

Reachability::Reachability(
    uint32_t nodes, const std::vector<std::pair<uint32_t, uint32_t>>& edges)
    : first_(nodes + 1), targets_(edges.size()), visited_(nodes) {
  for (const auto& [from, to] : edges) ++first_[from + 1];
  for (uint32_t i = 0; i < nodes; ++i) first_[i + 1] += first_[i];
  std::vector<uint32_t> next(first_.begin(), first_.end() - 1);
  for (const auto& [from, to] : edges) targets_[next[from]++] = to;
  for (uint32_t i = 0; i < nodes; ++i) {
    std::sort(targets_.begin() + first_[i], targets_.begin() + first_[i + 1]);
  }
}

bool Reachability::HasEdge(uint32_t from, uint32_t to) const {
  return std::binary_search(targets_.begin() + first_[from],
                            targets_.begin() + first_[from + 1], to);
}

// Tarjan's algorithm with a stack of its own, as graphs may be deep.
void Reachability::FindComponents() {
  const auto nodes = static_cast<uint32_t>(first_.size() - 1);
  component_.assign(nodes, kUnset);
  std::vector<uint32_t> index(nodes, kUnset);
  std::vector<uint32_t> low(nodes);
  std::vector<uint32_t> open;
  std::vector<std::pair<uint32_t, uint32_t>> stack;  // node, next edge
  uint32_t count = 0;
  for (uint32_t root = 0; root < nodes; ++root) {
    if (index[root] != kUnset) continue;
    stack.push_back({root, first_[root]});
    while (!stack.empty()) {
      auto& [node, edge] = stack.back();
      if (edge == first_[node]) {
        index[node] = low[node] = count++;
        open.push_back(node);
      }
      if (edge < first_[node + 1]) {
        const uint32_t target = targets_[edge++];
        if (index[target] == kUnset) {
          stack.push_back({target, first_[target]});
        } else if (component_[target] == kUnset) {
          low[node] = std::min(low[node], index[target]);
        }
        continue;
      }
      const uint32_t done = node;
      stack.pop_back();
      if (!stack.empty()) {
        low[stack.back().first] = std::min(low[stack.back().first], low[done]);
      }
      if (low[done] != index[done]) continue;
      members_.emplace_back();
      uint32_t member;
      do {
        member = open.back();
        open.pop_back();
        component_[member] = static_cast<uint32_t>(members_.size() - 1);
        members_.back().push_back(member);
      } while (member != done);
    }
  }
  closures_.resize(members_.size());
}

const std::vector<uint64_t>& Reachability::Closure(uint32_t component) {
  if (!closures_[component].empty()) return closures_[component];
  // Successors have smaller numbers, so an explicit stack of what is missing
  // ends.
  std::vector<uint32_t> pending = {component};
  while (!pending.empty()) {
    const uint32_t current = pending.back();
    if (!closures_[current].empty()) {
      pending.pop_back();
      continue;
    }
    std::vector<uint32_t> successors;
    bool ready = true;
    for (const uint32_t member : members_[current]) {
      for (uint32_t i = first_[member]; i < first_[member + 1]; ++i) {
        const uint32_t successor = component_[targets_[i]];
        if (successor == current) continue;
        successors.push_back(successor);
        if (closures_[successor].empty()) {
          pending.push_back(successor);
          ready = false;
        }
      }
    }
    if (!ready) continue;
    // Reached components have smaller numbers: bits up to the own one suffice.
    std::vector<uint64_t> closure(current / 64 + 1);
    closure[current / 64] |= uint64_t{1} << (current % 64);
    for (const uint32_t successor : successors) {
      const std::vector<uint64_t>& other = closures_[successor];
      for (size_t i = 0; i < other.size(); ++i) closure[i] |= other[i];
    }
    closures_[current] = std::move(closure);
    pending.pop_back();
  }
  return closures_[component];
}

bool Reachability::Search(uint32_t from, uint32_t to) {
  ++visit_;
  std::vector<uint32_t> pending = {from};
  visited_[from] = visit_;
  while (!pending.empty()) {
    const uint32_t node = pending.back();
    pending.pop_back();
    if (node == to) return true;
    for (uint32_t i = first_[node]; i < first_[node + 1]; ++i) {
      if (visited_[targets_[i]] == visit_) continue;
      visited_[targets_[i]] = visit_;
      pending.push_back(targets_[i]);
    }
  }
  return false;
}

bool Reachability::Reaches(uint32_t from, uint32_t to) {
  if (from == to || HasEdge(from, to)) return true;
  if (component_.empty()) FindComponents();
  if (members_.size() > kMaxComponents) return Search(from, to);
  const uint32_t target = component_[to];
  const std::vector<uint64_t>& closure = Closure(component_[from]);
  return target / 64 < closure.size() &&
         (closure[target / 64] >> (target % 64) & 1) != 0;
}

}  // namespace chestnut::binalyzer
