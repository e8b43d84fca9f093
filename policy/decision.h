#ifndef CHESTNUT_POLICY_DECISION_H_
#define CHESTNUT_POLICY_DECISION_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "policy/bpf.h"

// Filters as graphs of decisions, and their instructions.
namespace chestnut::policy {

// A graph without cycles whose nodes are shared: asking for a node that is
// there already gives the same one, so equal parts of a filter exist once.
class DecisionGraph {
 public:
  using Node = uint32_t;

  Node Return(uint32_t value);
  // Loads the word at `offset` of the seccomp data, goes on with `next`.
  Node Load(uint32_t offset, Node next);
  // Compare the loaded word with `k`.
  Node IfEqual(uint32_t k, Node then, Node otherwise);
  Node IfAtLeast(uint32_t k, Node then, Node otherwise);

  // From `first` up to the next interval's `first` decides `target`.
  struct Interval {
    uint32_t first = 0;
    Node target = 0;
    // How often the loaded word is expected here, relative to the others.
    uint32_t weight = 0;
  };
  // The cheapest tree of comparisons that finds the interval of the loaded
  // word: few instructions first, short ways for heavy intervals next. The
  // intervals ascend and the first begins at 0.
  Node Decide(const std::vector<Interval>& intervals);

  // The instructions of the filter that begins at `root`; an error if they are
  // more than the kernel takes.
  absl::StatusOr<Filter> Emit(Node root) const;

 private:
  friend class Emitter;

  enum class Kind : uint8_t { kReturn, kLoad, kEqual, kAtLeast };
  struct Content {
    Kind kind;
    uint32_t k;  // value, offset or constant
    Node then;
    Node otherwise;
    auto operator<=>(const Content&) const = default;
  };
  Node Add(const Content& content);
  Node DecideMerged(const std::vector<Interval>& intervals);

  std::vector<Content> nodes_;
  std::map<Content, Node> index_;
};

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_DECISION_H_
