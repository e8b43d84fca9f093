#ifndef CHESTNUT_CALLGRAPH_CONCLUDE_H_
#define CHESTNUT_CALLGRAPH_CONCLUDE_H_

#include <vector>

#include "callgraph/link.h"
#include "callgraph/sites.h"
#include "callgraph/walk.h"
#include "callgraph/witness.h"
#include "policy/model.h"

// From uses of system call sites to the calls of a policy.
namespace chestnut::callgraph {

// Adds each call of `uses` to `calls`, with the rules that hold at every use
// and the shortest witness, and to `incomplete` each place where the number is
// not known.
void Conclude(const Program& program, const Solver& solver, const Walk& walk,
              const std::vector<SiteUse>& uses, Witnesses& witnesses,
              std::vector<policy::Call>& calls,
              std::vector<policy::Incomplete>& incomplete);

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_CONCLUDE_H_
