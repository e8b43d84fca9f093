#ifndef CHESTNUT_CALLGRAPH_WITNESS_H_
#define CHESTNUT_CALLGRAPH_WITNESS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "callgraph/link.h"
#include "callgraph/sites.h"
#include "callgraph/solver.h"
#include "callgraph/types.h"
#include "callgraph/walk.h"
#include "policy/model.h"

// Why a system call is allowed: the shortest chain of calls from a root to the
// site, in words.
namespace chestnut::callgraph {

// One function of a way, and how the one before it leads there.
struct Hop {
  FunctionId function = kNone;
  Via via;
};

class Witnesses {
 public:
  Witnesses(const Program& program, const Types& types, const Solver& solver);

  // How many steps the chain to the site has.
  static uint32_t Length(const Program& program, const Solver& solver,
                         const Walk& walk, const SiteUse& use);
  std::vector<policy::WitnessStep> Chain(const Walk& walk, const SiteUse& use);
  // The shortest chain from a root of the walk to the function, which the walk
  // reaches. The last step has no place.
  std::vector<policy::WitnessStep> ChainTo(const Walk& walk,
                                           FunctionId function);
  // Another way through the walk's graph in words: `hops` lead from a root of
  // it to the outermost function of the use.
  std::vector<policy::WitnessStep> Steps(const Walk& walk,
                                         const std::vector<Hop>& hops,
                                         const SiteUse& use);
  // The function from where on the use's own path leads to the site.
  static FunctionId Outermost(const Program& program, const Solver& solver,
                              const SiteUse& use);
  // Why `call` can reach `target`; empty for a plain call.
  std::string Reason(CallId call, FunctionId target);

 private:
  std::vector<policy::WitnessStep> Words(const Walk& walk,
                                         const std::vector<Hop>& hops);
  void IndexGraph();
  // "field FILE.write", "variable handler", or nothing for a nameless place.
  std::string PlaceName(NodeId node) const;
  std::string HolderName(const Holder& holder) const;
  std::string IndirectReason(CallId call, FunctionId target);
  std::string CallPlace(CallId call) const;

  const Program& program_;
  const Types& types_;
  const Solver& solver_;
  bool indexed_ = false;
  std::vector<std::vector<NodeId>> predecessors_;
  absl::flat_hash_map<NodeId, uint64_t> fields_;
  absl::flat_hash_map<NodeId, ObjectId> globals_;
};

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_WITNESS_H_
