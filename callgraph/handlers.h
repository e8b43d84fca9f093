#ifndef CHESTNUT_CALLGRAPH_HANDLERS_H_
#define CHESTNUT_CALLGRAPH_HANDLERS_H_

#include <vector>

#include "callgraph/link.h"
#include "callgraph/sites.h"
#include "callgraph/solver.h"

// The one system call by which the kernel learns of functions that it calls
// later: rt_sigaction (kernel/signal.c; sa_handler and sa_restorer of its
// second argument).
namespace chestnut::callgraph {

// Functions that give rt_sigaction a pointer whose struct the facts do not
// show: what they hand out may be behind any `void*`. Where a pointer to a
// struct with a type becomes the argument, its conversion to_kernel has said
// so already, and nobody is returned.
std::vector<FunctionId> HideHandlers(const Program& program,
                                     const Solver& solver,
                                     const std::vector<SiteUse>& uses);

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_HANDLERS_H_
