// Where Chestnut's own parts and the real tools are.
#ifndef CHESTNUT_DRIVER_TOOLCHAIN_H_
#define CHESTNUT_DRIVER_TOOLCHAIN_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "driver/options.h"

namespace chestnut::driver {

enum class Language { kC, kCxx };
enum class CompilerFamily { kClang, kGcc };

struct RealCompiler {
  std::string path;
  CompilerFamily family = CompilerFamily::kClang;
};

// The compiler that does the work. NotFound if there is none; InvalidArgument
// if it is Chestnut itself.
absl::StatusOr<RealCompiler> FindRealCompiler(const Options& options,
                                              Language language);

// A companion file of the running program, looked for in `names`' order:
// relative to the program's folder. NotFound names `what` and says what to do.
absl::StatusOr<std::string> FindCompanion(
    absl::string_view what, const std::vector<std::string>& names);

absl::StatusOr<std::string> FindPlugin();
absl::StatusOr<std::string> FindLinkerStage();  // chestnut-ld
// The folder with `runtime/` and `musl/`: sources that links are made with.
absl::StatusOr<std::string> FindResources();

// The real linker: what -fuse-ld= or --ld-path= said (may be empty), looked for
// where the compiler would.
absl::StatusOr<std::string> FindLinker(const std::string& asked,
                                       const std::string& compiler);

// What tells one build of a file from another without reading it: path, size
// and time of change.
std::string FileIdentity(const std::string& path);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_TOOLCHAIN_H_
