// Holds the facts of a unit against the compiler's IR of the same unit.
#ifndef CHESTNUT_TEST_DIFFERENTIAL_COMPARE_H_
#define CHESTNUT_TEST_DIFFERENTIAL_COMPARE_H_

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "facts/reader.h"
#include "test/differential/ir_edges.h"

namespace chestnut::differential {

// An edge of the IR that the facts lack.
struct Missing {
  std::string
      from;  // function or object; "<constructors>" and the like for roots
  std::string symbol;
  std::string kind;  // call, address, object; definition, alias, resolver; weak
                     // or strong linkage

  friend bool operator<(const Missing& a, const Missing& b) {
    return std::tie(a.from, a.symbol, a.kind) <
           std::tie(b.from, b.symbol, b.kind);
  }
  // "from -> symbol (kind)"
  std::string Text() const;
};

struct Comparison {
  int functions = 0;  // definitions of the IR that were compared
  int objects = 0;
  int edges = 0;
  std::vector<Missing> missing;  // sorted
  // Differences that are known, by reason.
  std::map<std::string, int> excepted;

  void Merge(const Comparison& other);
};

// Every edge of the IR must be in the facts: an edge that is there in excess is
// no difference. exceptions.h has what may differ.
Comparison Compare(const IrUnit& ir, const facts::UnitView& facts);

}  // namespace chestnut::differential

#endif  // CHESTNUT_TEST_DIFFERENTIAL_COMPARE_H_
