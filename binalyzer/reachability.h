// Which nodes of a directed graph reach which, answered many times.
#ifndef CHESTNUT_BINALYZER_REACHABILITY_H_
#define CHESTNUT_BINALYZER_REACHABILITY_H_

#include <cstdint>
#include <utility>
#include <vector>

namespace chestnut::binalyzer {

class Reachability {
 public:
  // Nodes are 0 to `nodes` - 1.
  Reachability(uint32_t nodes,
               const std::vector<std::pair<uint32_t, uint32_t>>& edges);

  // Whether there is an edge from `from` to `to`.
  bool HasEdge(uint32_t from, uint32_t to) const;
  // Whether there is a way of any length, none included.
  bool Reaches(uint32_t from, uint32_t to);

 private:
  void FindComponents();
  const std::vector<uint64_t>& Closure(uint32_t component);
  bool Search(uint32_t from, uint32_t to);

  // The successors of node i are targets_[first_[i]] to targets_[first_[i+1]].
  std::vector<uint32_t> first_;
  std::vector<uint32_t> targets_;
  // Strongly connected components; successors have smaller numbers.
  std::vector<uint32_t> component_;
  std::vector<std::vector<uint32_t>> members_;
  // For each component the components it reaches, as bits; empty: not known.
  std::vector<std::vector<uint64_t>> closures_;
  std::vector<uint32_t> visited_;
  uint32_t visit_ = 0;
};

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_REACHABILITY_H_
