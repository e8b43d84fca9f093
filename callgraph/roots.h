#ifndef CHESTNUT_CALLGRAPH_ROOTS_H_
#define CHESTNUT_CALLGRAPH_ROOTS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "callgraph/analysis.h"
#include "callgraph/link.h"
#include "callgraph/walk.h"

// Where a program begins: before the filter goes on, and after.
namespace chestnut::callgraph {

struct Roots {
  std::vector<WalkRoot> startup;
  // What runs with the filter on. What start-up left behind (threads, signal
  // handlers) is added once the graph is known.
  std::vector<WalkRoot> running;
  std::vector<ObjectId> objects;  // live from the start
  // Of a program without source, with install point kMain: main, found as what
  // its entry point hands to __libc_start_main, and that function.
  std::vector<FunctionId> main;
  std::vector<FunctionId> start_main;
  // Of a confined program what goes on after main, and the wrapper, which does
  // not run again (module_main.h).
  std::vector<FunctionId> after_main;
  FunctionId wrapper = kNone;
};

// FailedPrecondition if there is no place to start.
absl::StatusOr<Roots> CollectRoots(const Program& program,
                                   const Options& options);

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_ROOTS_H_
