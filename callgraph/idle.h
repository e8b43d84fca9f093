#ifndef CHESTNUT_CALLGRAPH_IDLE_H_
#define CHESTNUT_CALLGRAPH_IDLE_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "callgraph/dead_functions.h"
#include "callgraph/explanation.h"
#include "callgraph/link.h"
#include "callgraph/solver.h"
#include "callgraph/walk.h"
#include "callgraph/witness.h"

// The places that would make a system call, and why they do not run.
namespace chestnut::callgraph {

class IdlePlaces {
 public:
  IdlePlaces(const Program& program, const Solver& solver,
             const DeadFunctions& dead, const Walk& startup,
             const Walk& running);

  // Every place whose number is a constant equal to `number`, at the site or
  // passed to a function that makes the call that it is told to; without those
  // that `running` reaches. Sorted by place.
  std::vector<IdlePlace> Find(int number, Witnesses& witnesses);

 private:
  // Which parameter of a function is the number of a call that it makes.
  using Wrapper = std::pair<FunctionId, uint32_t>;
  struct Place {
    FunctionId function = kNone;
    UnitId unit = kNone;
    uint32_t file = kNone;
    uint32_t line = 0;
  };
  // Code or an initialiser that refers to a function.
  struct Referrer {
    FunctionId function = kNone;
    ObjectId object = kNone;
    CallId call = kNone;  // index in the body's calls; kNone: not by a call
    BodyId body = kNone;
  };

  void FindPlaces(int number);
  // Looks at one number: a place if it is the wanted one, else perhaps a
  // wrapper.
  void Consider(BodyId body, uint32_t value, const Place& place, int number);
  void FollowWrappers(int number);
  void IndexReferrers();
  void AddReferrers(UnitId unit, uint32_t symbol, const Referrer& referrer);
  IdlePlace Explain(const Place& place, Witnesses& witnesses);
  // Upwards through code that is not live, to what ends the search.
  void ExplainDead(FunctionId function, IdlePlace& result);

  const Program& program_;
  const Solver& solver_;
  const DeadFunctions& dead_;
  const Walk& startup_;
  const Walk& running_;
  std::vector<Place> places_;
  std::vector<Wrapper> wrappers_;
  absl::flat_hash_set<Wrapper> known_wrappers_;
  bool indexed_ = false;
  absl::flat_hash_map<FunctionId, std::vector<Referrer>> referrers_;
};

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_IDLE_H_
