// The public surface of the visitor library: from a parsed translation unit to
// its facts.
#ifndef CHESTNUT_FRONTEND_UNIT_H_
#define CHESTNUT_FRONTEND_UNIT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clang/AST/ASTContext.h"
#include "clang/Frontend/CompilerInstance.h"

namespace chestnut::frontend {

struct Options {
  // The folder the compiler runs in; names of files are relative to it.
  std::string working_folder;
  // Header search folders, which names of headers outside are relative to.
  std::vector<std::string> header_folders;
  // C tentative definitions become common symbols (-fcommon).
  bool common = false;
};

// Options that the compiler's own invocation tells.
Options OptionsOf(clang::CompilerInstance& compiler);

// Facts of the unit that `ast` holds, as container bytes (facts/container.h).
// Must be called when parsing is complete. The AST is only read, but asking it
// for layouts and vtables fills its caches. InvalidArgument: the target is not
// x86-64 ELF.
absl::StatusOr<std::string> CollectFacts(clang::ASTContext& ast,
                                         const Options& options);

// Name and version of what makes the facts.
std::string ProducerText();

// Facts that say that the unit did not compile, for reasons given one a line.
std::string FailedFacts(const std::string& name,
                        const std::vector<std::string>& errors);

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_UNIT_H_
