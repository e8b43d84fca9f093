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

class Witnesses {
 public:
  Witnesses(const Program& program, const Types& types, const Solver& solver);

  // How many steps the chain to the site has.
  static uint32_t Length(const Program& program, const Solver& solver,
                         const Walk& walk, const SiteUse& use);
  std::vector<policy::WitnessStep> Chain(const Walk& walk, const SiteUse& use);
  // Why `call` can reach `target`; empty for a plain call.
  std::string Reason(CallId call, FunctionId target);

 private:
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
