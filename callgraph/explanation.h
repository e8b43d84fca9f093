#ifndef CHESTNUT_CALLGRAPH_EXPLANATION_H_
#define CHESTNUT_CALLGRAPH_EXPLANATION_H_

#include <cstddef>
#include <string>
#include <vector>

#include "policy/model.h"

// All that the graph knows about one system call: every way to it, and the
// places that would make it and do not run. A policy keeps the shortest way
// only.
namespace chestnut::callgraph {

// What somebody wants to know.
struct Question {
  int number = 0;
  // Of the calls that happen: no way twice through a function, shortest first.
  // Otherwise the shortest from each root.
  bool paths = false;
  // List the places that make the call and do not run, too.
  bool idle = false;
  size_t most = 20;  // ways, and places; at least 1
};

using Way = std::vector<policy::WitnessStep>;

// A place that makes the call, in code that does not run behind the install
// point.
struct IdlePlace {
  std::string function;
  std::string place;
  std::string reason;
  // What leads to it: from a root of start-up, or from the function that
  // nobody calls. The last step is `function`. May be empty.
  Way chain;

  bool operator==(const IdlePlace&) const = default;
};

struct Explanation {
  std::vector<Way> ways;  // shortest first, then by what they say
  bool more_ways = false;
  std::vector<IdlePlace> idle;  // by place
  size_t idle_count = 0;        // of all
};

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_EXPLANATION_H_
