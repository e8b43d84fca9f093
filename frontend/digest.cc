#include "frontend/digest.h"

#include <map>
#include <utility>

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

namespace chestnut::frontend {

std::string SourceDigest(const clang::SourceManager& sources,
                         llvm::StringRef name, const Places& places) {
  std::map<std::string, llvm::StringRef> files;
  for (auto it = sources.fileinfo_begin(); it != sources.fileinfo_end(); ++it) {
    if (it->second == nullptr) continue;
    auto bytes = it->second->getBufferDataIfLoaded();
    if (bytes) files.emplace(places.Portable(it->first.getName()), *bytes);
  }
  llvm::SHA256 digest;
  // Lengths, so that no two lists of files read the same.
  auto add = [&](llvm::StringRef text) {
    digest.update(std::to_string(text.size()) + ":");
    digest.update(text);
  };
  add(name);
  for (const auto& [path, bytes] : files) {
    add(path);
    add(bytes);
  }
  return llvm::toHex(digest.final(), /*LowerCase=*/true);
}

}  // namespace chestnut::frontend
