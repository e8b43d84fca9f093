#ifndef CHESTNUT_FINALYZER_PROGRAM_H_
#define CHESTNUT_FINALYZER_PROGRAM_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace chestnut::finalyzer {

// A program as execve(2) would run it.
struct Program {
  std::string path;   // what execve takes
  std::string image;  // the ELF file that runs: of a script, the interpreter
  // Names that a policy may know it by: the image's base name as it was called
  // and with all links resolved.
  std::vector<std::string> names;

  bool is_script() const { return image != path; }
};

// The program that `command` names: with a slash the file itself, else the
// first executable of that name in `search_path` (PATH), as execvp(3) finds it.
// Follows `#!` to the interpreter, as often as the kernel does. Errors, in one
// line: not found, no permission, a directory, no x86-64 ELF program.
absl::StatusOr<Program> FindProgram(const std::string& command,
                                    absl::string_view search_path);

// An error if the kernel would give the program privileges of its own (set-uid,
// set-gid, file capabilities): no_new_privs and a tracer take them away.
absl::Status CheckPrivileges(const Program& program);

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_PROGRAM_H_
