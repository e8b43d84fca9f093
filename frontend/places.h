// Names of files and places as facts carry them: the same on every machine.
#ifndef CHESTNUT_FRONTEND_PLACES_H_
#define CHESTNUT_FRONTEND_PLACES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "clang/Basic/SourceManager.h"
#include "facts/builder.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

namespace chestnut::frontend {

// `path` without what depends on the machine: relative to `working_folder` if
// it is near it, else relative to the header search folder it is in, else its
// last two components.
std::string PortablePath(llvm::StringRef path, llvm::StringRef working_folder,
                         const std::vector<std::string>& header_folders);

// A place a person would look at: the expansion, with #line applied.
struct Place {
  uint32_t file = 0;  // string
  uint32_t line = 0;
};

class Places {
 public:
  Places(const clang::SourceManager& sources, facts::FactsBuilder& builder,
         std::string working_folder, std::vector<std::string> header_folders);

  Place Of(clang::SourceLocation location);
  // "file:line" without folders, for names of what has no name: the same in
  // every unit that includes the file.
  std::string ShortText(clang::SourceLocation location);
  std::string Portable(llvm::StringRef path) const;

 private:
  const clang::SourceManager& sources_;
  facts::FactsBuilder& builder_;
  std::string working_folder_;
  std::vector<std::string> header_folders_;
  llvm::StringMap<uint32_t> files_;
  // The last presumed file name and its string, as most places share it.
  const char* last_name_ = nullptr;
  uint32_t last_file_ = 0;
};

}  // namespace chestnut::frontend

#endif  // CHESTNUT_FRONTEND_PLACES_H_
