#ifndef CHESTNUT_CALLGRAPH_WAYS_H_
#define CHESTNUT_CALLGRAPH_WAYS_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "callgraph/explanation.h"
#include "callgraph/link.h"
#include "callgraph/sites.h"
#include "callgraph/solver.h"
#include "callgraph/walk.h"
#include "callgraph/witness.h"

// The ways of a walk to some uses of system call sites.
namespace chestnut::callgraph {

class Ways {
 public:
  // `uses` are of this walk, and outlive the object.
  Ways(const Program& program, const Solver& solver, const Walk& walk,
       const std::vector<const SiteUse*>& uses);

  // The shortest way from each root that has one, at most `most`; `more` says
  // whether there are others.
  std::vector<Way> FromRoots(size_t most, Witnesses& witnesses,
                             bool& more) const;
  // The `most` shortest ways that pass no function twice.
  std::vector<Way> Paths(size_t most, Witnesses& witnesses, bool& more) const;

 private:
  struct Edge {
    FunctionId to = kNone;
    Via via;
  };
  struct Partial;

  // Each function that is called or handed out by `from` once, if a use lies
  // behind it.
  std::vector<Edge> EdgesOf(FunctionId from) const;
  void Spread();
  std::vector<uint32_t> Roots() const;

  const Program& program_;
  const Solver& solver_;
  const Walk& walk_;
  // By the function where the way to the use is no longer free.
  absl::flat_hash_map<FunctionId, std::vector<const SiteUse*>> ends_;
  std::vector<uint32_t> left_;  // steps to the nearest use; kNone: none
};

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_WAYS_H_
