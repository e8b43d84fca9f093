// What is different when gcc is the real compiler: it has no plugin of ours, so
// clang reads the source a second time for its facts, and gcc finds its linker
// in a search folder.
#ifndef CHESTNUT_DRIVER_GCC_H_
#define CHESTNUT_DRIVER_GCC_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "driver/command_line.h"
#include "driver/toolchain.h"

namespace chestnut::driver {

// A folder in which every name that gcc gives a linker is the linker stage.
absl::StatusOr<std::string> LinkerFolderForGcc();

// One run of gcc.
struct GccCommand {
  std::string compiler;
  std::vector<std::string> before;     // flags before the user's
  std::vector<std::string> arguments;  // the user's, response files expanded
  std::vector<std::string> after;      // flags of the link
  std::string sysroot;                 // of the analysed libc, or empty
};

// Compiles, and links if `line` says so, with objects that carry facts; returns
// gcc's exit status. Its messages are its own. Errors: what clang cannot read
// of a source that gcc compiled.
absl::StatusOr<int> CompileWithGcc(const GccCommand& command,
                                   const CommandLine& line);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_GCC_H_
