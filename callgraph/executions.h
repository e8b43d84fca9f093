#ifndef CHESTNUT_CALLGRAPH_EXECUTIONS_H_
#define CHESTNUT_CALLGRAPH_EXECUTIONS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "callgraph/link.h"
#include "callgraph/sites.h"
#include "callgraph/solver.h"
#include "callgraph/walk.h"
#include "callgraph/witness.h"
#include "policy/model.h"

// Which programs a program executes, as far as it says so.
namespace chestnut::callgraph {

// What the calls of libc's executing functions name, of all functions that
// `walk` reaches. libc's own calls are left out: they pass on what they were
// given. Where nothing names a program, an entry without one stands for execve
// and one for execveat, if a site of `uses` (CollectSites of `walk`) makes
// them, with that site's witness. Sites of `loader` (analysis.h) do not count:
// they are for who runs the loader as a command (rtld_chain_load, elf/rtld.c of
// glibc).
std::vector<policy::Execution> CollectExecutions(
    const Program& program, const Solver& solver, const Walk& walk,
    const std::vector<SiteUse>& uses, Witnesses& witnesses,
    absl::string_view loader);

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_EXECUTIONS_H_
