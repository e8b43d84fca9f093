#ifndef CHESTNUT_CALLGRAPH_WALK_H_
#define CHESTNUT_CALLGRAPH_WALK_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "callgraph/link.h"
#include "callgraph/solver.h"

// Breadth-first search over the finished call graph: what runs before, or
// after, the filter goes on, and the shortest way there.
namespace chestnut::callgraph {

struct WalkRoot {
  FunctionId function = 0;
  std::string reason;  // why it runs though nobody calls it
};

// How a function was reached first.
struct Via {
  enum Kind : uint8_t {
    kUnreached,
    kRoot,       // by root number `index`
    kCall,       // by call `index`
    kRegistered  // handed by `from` to code that the facts do not show
  };
  Kind kind = kUnreached;
  FunctionId from = kNone;
  uint32_t index = kNone;
};

class Walk {
 public:
  // Follows every edge of `solver` for which `follow(from, to)` is true (a null
  // `follow` follows all).
  Walk(const Program& program, const Solver& solver,
       std::vector<WalkRoot> roots,
       const std::function<bool(FunctionId, FunctionId)>& follow);

  bool Reaches(FunctionId function) const {
    return via_[function].kind != Via::kUnreached;
  }
  // Whether somebody outside the facts calls it in this walk.
  bool IsRoot(FunctionId function) const { return is_root_[function]; }
  const Via& via(FunctionId function) const { return via_[function]; }
  const WalkRoot& root(uint32_t index) const { return roots_[index]; }
  uint32_t root_count() const { return static_cast<uint32_t>(roots_.size()); }
  // Every function reached, nearest first.
  const std::vector<FunctionId>& order() const { return order_; }
  // Calls between a root and the function; 0 for a root.
  uint32_t distance(FunctionId function) const { return distance_[function]; }

 private:
  std::vector<WalkRoot> roots_;
  std::vector<Via> via_;
  std::vector<uint8_t> is_root_;
  std::vector<uint32_t> distance_;
  std::vector<FunctionId> order_;
};

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_WALK_H_
