// ChestnutGenerator: launchers that put the filter on a program around it.
#ifndef CHESTNUT_PATCHER_WRAP_H_
#define CHESTNUT_PATCHER_WRAP_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "policy/model.h"

namespace chestnut::patcher {

struct WrapOptions {
  // Absolute; the launcher executes nothing else.
  std::string program;
  // Names that a policy may know the program by; empty: any policy will do.
  std::vector<std::string> names = {};
  // Whether the launcher only runs this very file.
  bool bind_to_content = false;
  // Where nothing can be traced: a policy for install point exec, whose filter
  // then goes on before execve; null: the program is not run there.
  const policy::Policy* at_exec = nullptr;
};

// A launcher (launcher/launcher.c): an executable file of its own that becomes
// the program `bytes` under the filter of `policy`, which goes on at the entry
// point by the mechanism of `chestnut run` (runtime/start.h). It carries the
// policy in its note. Errors as of Patch, but for what only a stub would break.
absl::StatusOr<std::string> Wrap(absl::string_view bytes,
                                 const policy::Policy& policy,
                                 const WrapOptions& options);

// The program that a launcher executes. NotFound if it is no launcher.
absl::StatusOr<std::string> WrappedProgram(absl::string_view launcher);

}  // namespace chestnut::patcher

#endif  // CHESTNUT_PATCHER_WRAP_H_
