// A linker's command line, as far as the sandboxing link has to know it.
#ifndef CHESTNUT_DRIVER_LINK_ARGUMENTS_H_
#define CHESTNUT_DRIVER_LINK_ARGUMENTS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace chestnut::driver {

struct LinkArguments {
  bool prints = false;       // --version and the like: nothing is linked
  bool relocatable = false;  // -r
  bool shared = false;
  bool strips = false;
  std::string output = "a.out";
  std::string entry;                  // of -e
  std::vector<std::string> wrapped;   // of --wrap
  std::vector<std::string> assigned;  // symbols that --defsym gives a value
  std::vector<std::string> scripts;   // of -T
  std::vector<std::string> folders;  // of -L, where scripts are looked for, too
};

// `arguments` are those after the linker's name, response files expanded.
LinkArguments ParseLinkArguments(const std::vector<std::string>& arguments);

// The symbols that a linker script gives a value: "f" of "f = g;".
std::vector<std::string> AssignedSymbols(absl::string_view script);

// The arguments of the first link: the same link, but to `output`, with its
// symbols kept, a trace of all files on standard output, and nothing else
// written that the user asked for.
std::vector<std::string> FirstLinkArguments(
    const std::vector<std::string>& arguments, absl::string_view output);

// The arguments of the final link: to `output`, with `object` among the inputs
// and main wrapped.
std::vector<std::string> FinalLinkArguments(
    const std::vector<std::string>& arguments, absl::string_view output,
    absl::string_view object);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_LINK_ARGUMENTS_H_
