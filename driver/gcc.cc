#include "driver/gcc.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "driver/process.h"

namespace chestnut::driver {

absl::StatusOr<std::string> LinkerFolderForGcc(const std::string& stage) {
  return FindCompanion("the folder of linker names", {"../libexec/chestnut"});
}

absl::StatusOr<int> CompileWithGcc(const RealCompiler& compiler,
                                   const CommandLine& line,
                                   const std::vector<std::string>& command) {
  return absl::UnimplementedError("gcc");
}

}  // namespace chestnut::driver
