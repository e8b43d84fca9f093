// The user's cache folder: what is costly to make and depends on nothing but
// its digest.
#ifndef CHESTNUT_DRIVER_CACHE_H_
#define CHESTNUT_DRIVER_CACHE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace chestnut::driver {

// $XDG_CACHE_HOME/chestnut or ~/.cache/chestnut, not yet made. NotFound if
// neither variable tells.
absl::StatusOr<std::string> CacheFolder();

// Makes the folder and those above it.
absl::Status MakeFolders(const std::string& path);

// Removes a folder with all that is in it.
absl::Status RemoveTree(const std::string& path);

// Holds an exclusive lock on a file while it lives, waiting for it; other
// processes that lock the same path wait. The kernel drops it if we die.
class FileLock {
 public:
  static absl::StatusOr<FileLock> Acquire(const std::string& path);
  FileLock(FileLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  FileLock& operator=(FileLock&& other) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

// A new folder for temporary files, removed with the object, and when one of
// the signals that end a build arrives.
class TemporaryFolder {
 public:
  // In `parent`, or where the system keeps temporary files.
  static absl::StatusOr<TemporaryFolder> Create(absl::string_view parent = "");
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&& other) = delete;
  ~TemporaryFolder();

  const std::string& path() const { return path_; }
  std::string File(absl::string_view name) const;

 private:
  explicit TemporaryFolder(std::string path);
  std::string path_;
};

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_CACHE_H_
