// Makes somebody else's compile command one that reads the same unit with
// clang and writes nothing.
#ifndef CHESTNUT_FRONTEND_COMMAND_H_
#define CHESTNUT_FRONTEND_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace chestnut::frontend {

struct SyntaxCommand {
  // For clang's driver; the first word is "clang" or "clang++".
  std::vector<std::string> arguments;
  // The compiler that the command names.
  std::string compiler;
  // The one source file, as the command names it; empty for standard input.
  std::string source;
  // .s or .S: there is no AST to read.
  bool is_assembly = false;
};

// `words` is a compiler's command line: launchers (ccache) in front, response
// files, options of gcc that clang does not know, outputs, dependency files,
// plugins and warnings are taken out; everything that the preprocessor, the
// language or the target sees stays. `folder` is where the command runs.
// InvalidArgument: no source, several sources, an unreadable response file.
absl::StatusOr<SyntaxCommand> ToSyntaxCommand(
    const std::vector<std::string>& words, const std::string& folder);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_COMMAND_H_
