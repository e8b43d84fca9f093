// The longer answers of `chestnut explain`.
#ifndef CHESTNUT_CLI_EXPLAIN_H_
#define CHESTNUT_CLI_EXPLAIN_H_

#include <string>

#include "absl/status/statusor.h"
#include "callgraph/explanation.h"
#include "driver/program_analysis.h"
#include "policy/model.h"

namespace chestnut::cli {

// All ways to a call, in words; of a call that the policy lacks the places that
// would make it, and why they do not run.
std::string GraphText(const policy::Policy& policy,
                      const callgraph::Question& question,
                      const callgraph::Explanation& explanation);

// What the report in the file says (`-`: stdin), with names for addresses, why
// the policy lacks the call, and what to do next. `source` holds the policy.
absl::StatusOr<std::string> ViolationText(const std::string& source,
                                          const policy::Policy& policy,
                                          const driver::ProgramOptions& options,
                                          const std::string& report);

}  // namespace chestnut::cli

#endif  // CHESTNUT_CLI_EXPLAIN_H_
