// The options of Chestnut's own that the drop-in compilers take among the real
// compiler's. All begin with `--chestnut-`.
#ifndef CHESTNUT_DRIVER_OPTIONS_H_
#define CHESTNUT_DRIVER_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace chestnut::driver {

inline constexpr absl::string_view kOptionPrefix = "--chestnut-";

struct Options {
  bool help = false;
  std::string real;     // the real compiler; empty: clang-19 or clang++-19
  bool launch = false;  // the first argument is the real compiler
  std::string libc;     // "musl" or empty
  std::string mode = "kill";
  int errno_value = 1;  // of mode errno
  bool unsandboxed = false;
  bool exact = false;                    // without families of equivalent calls
  bool policy_only = false;              // analyse, but write no program
  std::string policy_out;                // policy JSON of the program linked
  std::string facts_out;                 // facts of the program linked
  std::string candidates_out;            // what each indirect call can reach
  std::string unit_facts;                // a list of objects and their facts
  std::string policy;                    // made before: nothing is analysed
  std::string overlay;                   // what a person decided
  std::vector<std::string> exec_policy;  // words (exec_policy.h)
  std::vector<std::string> annotations;  // headers, in the order given
};

// Takes Chestnut's own options out of `arguments`, wherever they stand.
// InvalidArgument: an unknown one, or a value that the option does not take.
absl::StatusOr<Options> TakeOptions(std::vector<std::string>& arguments);

// The same options again, for the linker stage; TakeOptions understands them.
// `real` and `help` do not go there.
std::vector<std::string> LinkerOptions(const Options& options);

// The text of --chestnut-help.
std::string OptionsHelp(absl::string_view program);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_OPTIONS_H_
