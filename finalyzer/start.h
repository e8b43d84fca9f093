#ifndef CHESTNUT_FINALYZER_START_H_
#define CHESTNUT_FINALYZER_START_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "finalyzer/confinement.h"
#include "finalyzer/program.h"
#include "finalyzer/supervisor.h"

namespace chestnut::finalyzer {

// Becomes the program, with this process's environment and the arguments given
// (argv[0] first). Returns only if that fails, with what to do.
absl::Status Start(const Program& program,
                   const std::vector<std::string>& arguments);

// The same under a filter (runtime/start.h). Once per process, which must have
// one thread.
absl::Status StartConfined(const Program& program,
                           const std::vector<std::string>& arguments,
                           const Confinement& confinement);

// The same with a supervisor, a process of its own that ends with the last
// process under the filter. Without a confinement the program is one that puts
// its own filter on (built in mode notify). Errors also: what
// Supervisor::Prepare says.
absl::Status StartSupervised(const Program& program,
                             const std::vector<std::string>& arguments,
                             const Confinement* confinement,
                             const Supervision& supervision);

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_START_H_
