#ifndef CHESTNUT_TEST_CALLGRAPH_EXPECTATION_H_
#define CHESTNUT_TEST_CALLGRAPH_EXPECTATION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "callgraph/analysis.h"

// What a fixture says of itself, in comments of the form `// expect-KIND: ...`:
//
//   edge: CALLER -> CALLEE            no-edge: CALLER -> CALLEE
//   reachable: FUNCTION               unreachable: FUNCTION
//   call: NAME                        no-call: NAME        (filter on)
//   startup-call: NAME                no-startup-call: NAME
//   arguments: NAME[INDEX] = N,N...   unconstrained: NAME[INDEX]
//   incomplete: PART OF PLACE OR REASON
//   complete
//
// Functions are meant by their linkage name or, in C++, by their name without
// parameters.
namespace chestnut::test {

struct Expectation {
  int line = 0;
  std::string kind;
  std::string text;
};

// InvalidArgument: a comment that begins so and says nothing known, or a
// fixture that expects nothing.
absl::StatusOr<std::vector<Expectation>> ParseExpectations(
    absl::string_view source);

// What is there instead, in one line; empty if the expectation holds.
std::string Check(const Expectation& expectation,
                  const callgraph::Result& result);

}  // namespace chestnut::test

#endif  // CHESTNUT_TEST_CALLGRAPH_EXPECTATION_H_
