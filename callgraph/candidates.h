#ifndef CHESTNUT_CALLGRAPH_CANDIDATES_H_
#define CHESTNUT_CALLGRAPH_CANDIDATES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "callgraph/link.h"
#include "callgraph/solver.h"

// What each indirect call of live code can reach, for `explain` and for the
// comparison with what really happens.
namespace chestnut::callgraph {

struct CandidateSite {
  std::string function;  // that contains the call
  std::string unit;      // whose facts say so
  std::string file;
  uint32_t line = 0;
  bool is_virtual = false;
  std::vector<std::string> targets;  // linkage names, sorted

  bool operator==(const CandidateSite&) const = default;
};

// Sorted by function, file and line; calls on one line are one entry.
std::vector<CandidateSite> ListCandidates(const Program& program,
                                          const Solver& solver);

// A JSON array of {"function", "unit", "file", "line", "kind", "targets"}.
std::string CandidatesToJson(const std::vector<CandidateSite>& sites);

}  // namespace chestnut::callgraph

#endif  // CHESTNUT_CALLGRAPH_CANDIDATES_H_
