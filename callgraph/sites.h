#ifndef CHESTNUT_CALLGRAPH_SITES_H_
#define CHESTNUT_CALLGRAPH_SITES_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "callgraph/link.h"
#include "callgraph/solver.h"
#include "callgraph/types.h"
#include "callgraph/value_set.h"
#include "callgraph/walk.h"

// Which system calls the sites of a walk make. A site whose number comes from
// parameters is looked at once per call path, as far up as it takes, so that
// number and arguments stay together.
namespace chestnut::callgraph {

// A site as seen along one call path.
struct SiteUse {
  BodyId body = 0;
  const facts::SyscallSite* site = nullptr;
  // The calls that lead to it from where its number is known, innermost first.
  std::vector<CallId> path;
  ValueSet number;
  // What a rule could be made of: per argument the values, or unknown.
  std::array<ValueSet, 6> arguments;
};

// Every use of every site that `walk` reaches, in the walk's order. Arguments
// are worked out only where a rule may come of them (syscalls/arguments.h).
std::vector<SiteUse> CollectSites(const Program& program, Types& types,
                                  const Solver& solver, const Walk& walk);

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_SITES_H_
