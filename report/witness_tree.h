// The witness chains of a policy, put together to one tree: what they share is
// said once.
#ifndef CHESTNUT_REPORT_WITNESS_TREE_H_
#define CHESTNUT_REPORT_WITNESS_TREE_H_

#include <string>
#include <vector>

#include "policy/model.h"

namespace chestnut::report {

struct WitnessNode {
  policy::WitnessStep step;
  std::vector<std::string> calls;     // that the function itself makes, sorted
  std::vector<WitnessNode> children;  // by function, place and reason
};

// The roots. Calls without a witness are not in the tree.
std::vector<WitnessNode> WitnessTree(const std::vector<policy::Call>& calls);

// How many system calls are below the node, and its own.
size_t CallCount(const WitnessNode& node);

}  // namespace chestnut::report

#endif  // CHESTNUT_REPORT_WITNESS_TREE_H_
