// What `chestnut diff` compares.
#ifndef CHESTNUT_CLI_DIFF_SOURCE_H_
#define CHESTNUT_CLI_DIFF_SOURCE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "driver/program_analysis.h"
#include "policy/cause.h"
#include "policy/diff_formats.h"
#include "policy/model.h"

namespace chestnut::cli {

// A policy, a program or facts.
struct DiffSource {
  bool is_facts = false;
  // Whether somebody wrote the policy down; else it was made of the program or
  // the facts now, and `inventory` says what they hold.
  bool is_kept = false;
  policy::Policy policy;
  policy::Inventory inventory;
  std::vector<policy::Reference> references;  // of facts, sorted
};

// `options` are for programs that carry no policy and are analysed.
absl::StatusOr<DiffSource> LoadDiffSource(const std::string& path,
                                          driver::ProgramOptions options);

// InvalidArgument where one side is facts and the other is not.
absl::StatusOr<policy::ReviewedDiff> Review(const std::string& before,
                                            const DiffSource& was,
                                            const std::string& after,
                                            const DiffSource& is);

}  // namespace chestnut::cli

#endif  // CHESTNUT_CLI_DIFF_SOURCE_H_
