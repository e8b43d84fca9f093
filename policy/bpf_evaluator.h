#ifndef CHESTNUT_POLICY_BPF_EVALUATOR_H_
#define CHESTNUT_POLICY_BPF_EVALUATOR_H_

#include <cstdint>

#include "absl/status/status.h"
#include "policy/bpf.h"

namespace chestnut::policy {

// Whether the filter is one that the kernel takes and Evaluate can run: not
// empty, not too long, only the instructions of policy/bpf.h, loads of aligned
// words inside the seccomp data, jumps forward to instructions of the filter,
// and no way over its end.
absl::Status CheckFilter(const Filter& filter);

struct Evaluation {
  uint32_t result = 0;          // the seccomp return value
  int instructions = 0;         // executed
  bool read_arguments = false;  // the kernel does not cache such a verdict
};

// Runs a filter that CheckFilter accepts.
Evaluation Evaluate(const Filter& filter, const SeccompData& data);

}  // namespace chestnut::policy

#endif  // CHESTNUT_POLICY_BPF_EVALUATOR_H_
