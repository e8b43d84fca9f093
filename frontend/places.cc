#include "frontend/places.h"

#include <filesystem>
#include <utility>

#include "llvm/Support/Path.h"

namespace chestnut::frontend {
namespace {

namespace fs = std::filesystem;

std::string LastComponents(const fs::path& path) {
  fs::path parent = path.parent_path().filename();
  return (parent / path.filename()).generic_string();
}

}  // namespace

std::string PortablePath(llvm::StringRef path, llvm::StringRef working_folder,
                         const std::vector<std::string>& header_folders) {
  fs::path clean = fs::path(path.str()).lexically_normal();
  if (clean.is_relative()) return clean.generic_string();
  fs::path folder = fs::path(working_folder.str()).lexically_normal();
  fs::path relative = clean.lexically_relative(folder);
  auto first = clean.begin(), second = folder.begin();
  size_t common = 0;
  while (first != clean.end() && second != folder.end() && *first == *second) {
    ++first, ++second, ++common;
  }
  size_t depth = std::distance(folder.begin(), folder.end());
  // More than one folder in common besides "/", or the file is below.
  if (!relative.empty() && (common == depth || common > 2)) {
    return relative.generic_string();
  }
  size_t longest = 0;
  for (const std::string& header_folder : header_folders) {
    std::string prefix =
        fs::path(header_folder).lexically_normal().generic_string();
    if (prefix.empty() || prefix.back() != '/') prefix.push_back('/');
    if (prefix.size() > longest && clean.generic_string().starts_with(prefix)) {
      longest = prefix.size();
    }
  }
  if (longest > 0) return clean.generic_string().substr(longest);
  return LastComponents(clean);
}

Places::Places(const clang::SourceManager& sources,
               facts::FactsBuilder& builder, std::string working_folder,
               std::vector<std::string> header_folders)
    : sources_(sources),
      builder_(builder),
      working_folder_(std::move(working_folder)),
      header_folders_(std::move(header_folders)) {}

std::string Places::Portable(llvm::StringRef path) const {
  return PortablePath(path, working_folder_, header_folders_);
}

Place Places::Of(clang::SourceLocation location) {
  Place place;
  if (location.isInvalid()) return place;
  clang::PresumedLoc presumed =
      sources_.getPresumedLoc(sources_.getExpansionLoc(location));
  if (presumed.isInvalid()) return place;
  if (presumed.getFilename() != last_name_) {
    last_name_ = presumed.getFilename();
    auto [it, added] = files_.try_emplace(last_name_, 0);
    if (added) it->second = builder_.String(Portable(last_name_));
    last_file_ = it->second;
  }
  place.file = last_file_;
  place.line = presumed.getLine();
  return place;
}

std::string Places::ShortText(clang::SourceLocation location) {
  Place place = Of(location);
  fs::path path(std::string(builder_.StringAt(place.file)));
  return path.filename().generic_string() + ":" + std::to_string(place.line);
}

}  // namespace chestnut::frontend
