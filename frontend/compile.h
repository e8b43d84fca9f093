// Reads one unit with clang, without a compiler process, and makes its facts.
#ifndef CHESTNUT_FRONTEND_COMPILE_H_
#define CHESTNUT_FRONTEND_COMPILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "frontend/command.h"

namespace chestnut::frontend {

struct CompiledUnit {
  // Container bytes. Of a unit with errors, facts that say so.
  std::string facts;
  // The errors, first one first; empty if the unit compiled.
  std::vector<std::string> errors;
  // Absolute paths of all files that were read, sorted.
  std::vector<std::string> files;
};

// `folder` is where the command would run. The calling process must not have
// other threads that depend on its working folder, which does not change.
// An error that is not the source's own (an unsupported target, an option that
// stops the compiler) is an error here; it is InvalidArgument.
absl::StatusOr<CompiledUnit> CompileToFacts(const SyntaxCommand& command,
                                            const std::string& folder);

// Clang's own headers, beside its libraries. NotFound if they are not there.
absl::StatusOr<std::string> ResourceFolder();

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_COMPILE_H_
