// Paths inside another root folder: the file system of a container image, or of
// another distribution.
#ifndef CHESTNUT_BINALYZER_ROOT_FOLDER_H_
#define CHESTNUT_BINALYZER_ROOT_FOLDER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace chestnut::binalyzer {

class RootFolder {
 public:
  // Empty or "/": this system's own root.
  explicit RootFolder(absl::string_view folder = "");

  // Where `path`, absolute within the root, is on this system, with all
  // symbolic links followed as a process with that root would. NotFound if
  // there is no such file.
  absl::StatusOr<std::string> Resolve(absl::string_view path) const;
  // Paths within the root that match a pattern with `*` in its parts (glob(7)),
  // sorted. Symbolic links in folders of another root are not followed.
  std::vector<std::string> Glob(absl::string_view pattern) const;
  // The path within the root of a file on this system; the path itself if it
  // lies outside.
  std::string Inside(absl::string_view host_path) const;
  bool is_system() const { return folder_.empty(); }

 private:
  std::string folder_;  // without a slash at its end
};

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_ROOT_FOLDER_H_
