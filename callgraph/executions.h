#ifndef CHESTNUT_CALLGRAPH_EXECUTIONS_H_
#define CHESTNUT_CALLGRAPH_EXECUTIONS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "callgraph/link.h"
#include "callgraph/walk.h"
#include "callgraph/witness.h"
#include "policy/model.h"

// Which programs a program executes, as far as it says so.
namespace chestnut::callgraph {

// What the calls of libc's executing functions name, of all functions that
// `walk` reaches. libc's own calls are left out: they pass on what they were
// given. Where `calls`, which the program makes, has execve or execveat and
// nothing names a program, an entry without one says so for each, with that
// call's witness. The execve of `loader` (analysis.h) does not count: it is for
// who runs the loader as a command (rtld_chain_load, elf/rtld.c of glibc).
std::vector<policy::Execution> CollectExecutions(
    const Program& program, const Walk& walk, Witnesses& witnesses,
    const std::vector<policy::Call>& calls, absl::string_view loader);

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_EXECUTIONS_H_
