#ifndef CHESTNUT_CALLGRAPH_DEAD_FUNCTIONS_H_
#define CHESTNUT_CALLGRAPH_DEAD_FUNCTIONS_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "callgraph/link.h"
#include "callgraph/solver.h"

// Functions that the graph reaches and nobody calls, by what is known of libc.
// They count for liveness, not for what runs.
namespace chestnut::callgraph {

class DeadFunctions {
 public:
  // Of a solved graph. `loader`: the unit of the dynamic loader; empty if the
  // program has none.
  DeadFunctions(const Program& program, const Solver& solver,
                const std::string& loader);

  // Nobody calls `function` again once start-up is over.
  bool IsOver(FunctionId function) const { return over_.contains(function); }
  // Nobody calls it at all.
  bool IsDead(FunctionId function) const { return dead_.contains(function); }

 private:
  using Named = absl::flat_hash_set<FunctionId>;

  void FindLoaderMain(UnitId loader);
  void FindStaticStart(const std::vector<UnitId>& static_libc);
  void FindStaticEntry(UnitId executable);
  // Whether only code of `units`, or (if given) of functions of that name, has
  // the address of one of the functions.
  bool OnlyTheseTake(const Named& functions, const std::vector<UnitId>& units,
                     absl::string_view name) const;
  // Whether only the callers call one of the functions.
  bool OnlyTheseCall(const Named& functions, const Named& callers) const;
  // Of the units of a libc: the functions whose names are wanted.
  Named NamesOf(const std::vector<UnitId>& units,
                bool (*wanted)(absl::string_view)) const;
  bool SomebodyAllowsCeilings(const std::vector<UnitId>& libc) const;
  void FindPriorityProtocol(const std::vector<UnitId>& libc);
  bool CallsOneOf(FunctionId from, const Named& functions) const;
  bool IsNameless(FunctionId function) const;

  const Program& program_;
  const Solver& solver_;
  absl::flat_hash_set<FunctionId> over_;
  absl::flat_hash_set<FunctionId> dead_;
};

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_DEAD_FUNCTIONS_H_
