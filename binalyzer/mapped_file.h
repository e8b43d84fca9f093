#ifndef CHESTNUT_BINALYZER_MAPPED_FILE_H_
#define CHESTNUT_BINALYZER_MAPPED_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace chestnut::binalyzer {

// A file mapped for reading: of a libc of some megabytes a link reads a few
// members only. Unmapped with the object. A file that becomes shorter meanwhile
// ends the process (shrunk_file.h).
class MappedFile {
 public:
  // The error names the path and what the system said.
  static absl::StatusOr<MappedFile> Open(const std::string& path);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  absl::string_view bytes() const { return bytes_; }

 private:
  explicit MappedFile(absl::string_view bytes) : bytes_(bytes) {}

  absl::string_view bytes_;
};

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_MAPPED_FILE_H_
