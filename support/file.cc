#include "support/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace chestnut::support {
namespace {

// An open file; closes itself. Close() instead where its error matters.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }
  int Close() {
    int fd = fd_;
    fd_ = -1;
    return close(fd);
  }

 private:
  int fd_;
};

absl::Status SystemError(int error, absl::string_view doing,
                         absl::string_view path) {
  return absl::ErrnoToStatus(error, absl::StrCat("cannot ", doing, " ", path));
}

// The error number, or 0.
int WriteAll(int fd, absl::string_view content) {
  while (!content.empty()) {
    ssize_t count = write(fd, content.data(), content.size());
    if (count < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    content.remove_prefix(static_cast<size_t>(count));
  }
  return 0;
}

bool IsSpecial(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

absl::Status WriteDirectly(const std::string& path, absl::string_view content) {
  Descriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.get() < 0) return SystemError(errno, "open", path);
  if (int error = WriteAll(file.get(), content); error != 0) {
    return SystemError(error, "write", path);
  }
  return absl::OkStatus();
}

// Everything between opening the temporary file and the rename; the caller
// removes the file if this fails.
absl::Status FillAndRename(int fd, const std::string& temporary,
                           const std::string& path, absl::string_view content,
                           int mode) {
  Descriptor file(fd);
  if (int error = WriteAll(fd, content); error != 0) {
    return SystemError(error, "write", path);
  }
  mode_t mask = umask(0);
  umask(mask);
  if (fchmod(fd, static_cast<mode_t>(mode) & ~mask) != 0) {
    return SystemError(errno, "set the permissions of", path);
  }
  // Some file systems report a full disk only here.
  if (file.Close() != 0) return SystemError(errno, "write", path);
  if (rename(temporary.c_str(), path.c_str()) != 0) {
    return SystemError(errno, "write", path);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadFile(absl::string_view path_view,
                                     uint64_t limit) {
  const std::string path(path_view);
  Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return SystemError(errno, "open", path);
  struct stat status;
  if (fstat(file.get(), &status) != 0) return SystemError(errno, "read", path);
  // The size is only a hint: files may grow, and /proc says 0.
  std::string content;
  size_t hint = static_cast<size_t>(status.st_size) + 1;
  size_t used = 0;
  for (;;) {
    if (used > limit) {
      return absl::OutOfRangeError(absl::StrCat(
          "cannot read ", path, ": it is larger than ", limit, " bytes"));
    }
    if (used == content.size()) {
      content.resize(used == 0 && hint < limit ? hint : used * 2 + 4096);
    }
    ssize_t count =
        read(file.get(), content.data() + used, content.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SystemError(errno, "read", path);
    if (count == 0) break;
    used += static_cast<size_t>(count);
  }
  content.resize(used);
  return content;
}

absl::Status WriteFileAtomically(absl::string_view path_view,
                                 absl::string_view content, int mode) {
  const std::string path(path_view);
  if (IsSpecial(path)) return WriteDirectly(path, content);
  std::string temporary = path + ".XXXXXX";
  int fd = mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return SystemError(errno, "write", path);
  absl::Status status = FillAndRename(fd, temporary, path, content, mode);
  if (!status.ok()) unlink(temporary.c_str());
  return status;
}

absl::string_view BaseName(absl::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace chestnut::support
