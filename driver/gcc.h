// What is different when gcc is the real compiler: it has no plugin of ours, so
// the facts come from a run of chestnut-frontend before it, and its linker is
// found by a search folder.
#ifndef CHESTNUT_DRIVER_GCC_H_
#define CHESTNUT_DRIVER_GCC_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "driver/command_line.h"
#include "driver/toolchain.h"

namespace chestnut::driver {

// A folder in which every name that gcc gives a linker is `stage`.
absl::StatusOr<std::string> LinkerFolderForGcc(const std::string& stage);

// Runs `command` (gcc with all arguments) so that its objects carry facts, and
// returns its exit status.
absl::StatusOr<int> CompileWithGcc(const RealCompiler& compiler,
                                   const CommandLine& line,
                                   const std::vector<std::string>& command);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_GCC_H_
