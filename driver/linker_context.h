// What the drop-in compiler tells its linker stage. It travels among the
// linker's arguments, because no environment variable may decide anything about
// enforcement.
#ifndef CHESTNUT_DRIVER_LINKER_CONTEXT_H_
#define CHESTNUT_DRIVER_LINKER_CONTEXT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "driver/options.h"

namespace chestnut::driver {

inline constexpr absl::string_view kStatusFileOption =
    "--chestnut-status-file=";

struct LinkerContext {
  Options options;
  std::string linker;    // the real one
  std::string compiler;  // the real one, for the runtime
  std::string sysroot;   // of the analysed libc
  bool lto = false;      // the compiler was asked for link-time optimisation
  // Of kStatusFileOption: where the stage leaves the exit status of an error of
  // its own, as gcc does not pass it on; may be empty.
  std::string status_file;
};

std::vector<std::string> EncodeLinkerContext(const LinkerContext& context);

// Takes the context out of the linker's arguments. InvalidArgument if there is
// none: then chestnut-ld was not called by the drop-in compiler.
absl::StatusOr<LinkerContext> TakeLinkerContext(
    std::vector<std::string>& arguments);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_LINKER_CONTEXT_H_
