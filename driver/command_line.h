// What a compiler's command line asks for. Only what decides the drop-in
// compiler's own steps is understood; everything else passes through.
#ifndef CHESTNUT_DRIVER_COMMAND_LINE_H_
#define CHESTNUT_DRIVER_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace chestnut::driver {

// The last step that the compiler takes.
enum class Stage {
  kNothing,  // prints something (--version, -dumpmachine) or has no input
  kText,     // -E, -M, -S, -fsyntax-only: no object comes out
  kObject,   // -c
  kLink,
};

struct CommandLine {
  Stage stage = Stage::kLink;
  bool shared = false;  // -shared, -r: no program comes out of the link
  bool has_input = false;
  bool static_pie = false;
  bool static_ = false;
  bool no_pie = false;
  bool lto = false;
  bool own_libc = false;  // -nostdlib, -nostartfiles, -nolibc, -nodefaultlibs
  bool own_sysroot = false;
  std::string linker;  // of -fuse-ld= or --ld-path=
};

// Replaces @file arguments by what the files hold, as gcc and clang do: a file
// that cannot be read stays as written. `expanded` tells whether there was any.
std::vector<std::string> ExpandResponseFiles(
    const std::vector<std::string>& arguments, bool* expanded);

// Whether the option's value is the next argument.
bool IsSeparateOption(absl::string_view argument);

CommandLine ParseCommandLine(const std::vector<std::string>& arguments);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_COMMAND_LINE_H_
