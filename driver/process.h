// Starts other programs: the real compiler, the linker, a libc's build.
#ifndef CHESTNUT_DRIVER_PROCESS_H_
#define CHESTNUT_DRIVER_PROCESS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace chestnut::driver {

struct ProcessResult {
  int exit_code = 0;  // 128 + N for signal N
  std::string out;    // of captured streams
  std::string err;

  bool ok() const { return exit_code == 0; }
};

enum class Streams {
  kInherit,
  kCapture,        // both, apart
  kCaptureOutput,  // stdout; stderr stays the caller's
};

// Runs `command` (the program is looked up in PATH unless it has a slash) and
// waits for it. NotFound if it cannot be started.
absl::StatusOr<ProcessResult> Run(const std::vector<std::string>& command,
                                  Streams streams,
                                  const std::string& folder = "");

// Becomes `command`. Returns only if that fails, with the reason.
absl::Status Exec(const std::vector<std::string>& command);

// The file that `program` names: itself with a slash in it, else the first
// executable of that name in PATH. NotFound if there is none.
absl::StatusOr<std::string> FindProgram(const std::string& program);

// The folder of the running program, links resolved.
std::string ProgramFolder();

// Prints "chestnut: MESSAGE [E-name]" on stderr in one write, so that parallel
// makes do not mix lines; the name is that of the error's page
// (support/error_pages.h).
void PrintError(absl::string_view message);

// How much is said besides results and errors.
enum class Verbosity { kQuiet, kNormal, kVerbose };
void SetVerbosity(Verbosity verbosity);
Verbosity GetVerbosity();
// As PrintError, what is no error: nothing with --quiet.
void PrintNote(absl::string_view message);
// What is being done: with --verbose only. Thread-safe.
void PrintDetail(absl::string_view message);

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_PROCESS_H_
