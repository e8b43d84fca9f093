#include "patcher/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace chestnut::patcher {
namespace {

// Removes the file unless it was renamed.
class Temporary {
 public:
  Temporary(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~Temporary() {
    if (fd_ >= 0) close(fd_);
    if (!path_.empty()) unlink(path_.c_str());
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  int fd() const { return fd_; }
  // 0 or the error number.
  int Publish(const std::string& to) {
    // Some file systems report a full disk only here.
    const int closed = close(fd_);
    fd_ = -1;
    if (closed != 0 || rename(path_.c_str(), to.c_str()) != 0) return errno;
    path_.clear();
    return 0;
  }

 private:
  int fd_;
  std::string path_;
};

int WriteAll(int fd, absl::string_view content) {
  while (!content.empty()) {
    const ssize_t count = write(fd, content.data(), content.size());
    if (count < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    content.remove_prefix(static_cast<size_t>(count));
  }
  return 0;
}

std::string Lost(absl::string_view what) {
  return absl::StrCat(what, ": ", strerror(errno));
}

void CopyAttributes(const std::string& like, int fd,
                    std::vector<std::string>& lost) {
  const ssize_t size = listxattr(like.c_str(), nullptr, 0);
  if (size <= 0) return;
  std::string names(static_cast<size_t>(size), '\0');
  const ssize_t read = listxattr(like.c_str(), names.data(), names.size());
  if (read < 0) {
    lost.push_back(Lost("the extended attributes"));
    return;
  }
  names.resize(static_cast<size_t>(read));
  for (size_t at = 0; at < names.size();) {
    const std::string name = names.c_str() + at;
    at += name.size() + 1;
    const ssize_t length = getxattr(like.c_str(), name.c_str(), nullptr, 0);
    std::string value(length < 0 ? 0 : static_cast<size_t>(length), '\0');
    if (length < 0 ||
        getxattr(like.c_str(), name.c_str(), value.data(), value.size()) !=
            length ||
        fsetxattr(fd, name.c_str(), value.data(), value.size(), 0) != 0) {
      lost.push_back(Lost(name));
    }
  }
}

// In this order: a change of owner takes set-uid bits and capabilities away.
int CopyProperties(const std::string& like, int fd,
                   std::vector<std::string>& lost) {
  struct stat status = {};
  if (stat(like.c_str(), &status) != 0) return errno;
  mode_t mode = status.st_mode & 07777;
  if (fchown(fd, status.st_uid, status.st_gid) != 0) {
    lost.push_back(
        Lost(absl::StrCat("the owner ", status.st_uid, ":", status.st_gid)));
    if ((mode & (S_ISUID | S_ISGID)) != 0) lost.push_back("set-uid, set-gid");
    mode &= ~static_cast<mode_t>(S_ISUID | S_ISGID);
  }
  CopyAttributes(like, fd, lost);
  return fchmod(fd, mode) == 0 ? 0 : errno;
}

std::string Resolved(const std::string& path) {
  char buffer[PATH_MAX];
  return realpath(path.c_str(), buffer) != nullptr ? buffer : path;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> WriteLike(const std::string& like,
                                                   const std::string& path,
                                                   absl::string_view content) {
  auto fail = [&path](int error) {
    return absl::ErrnoToStatus(error, absl::StrCat("cannot write ", path));
  };
  const std::string target = Resolved(path);
  struct stat status = {};
  if (stat(target.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot write ", path, ": it is not a regular file"));
  }
  std::string name = target + ".XXXXXX";
  const int fd = mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0) return fail(errno);
  Temporary file(fd, name);
  std::vector<std::string> lost;
  int error = WriteAll(fd, content);
  if (error == 0) error = CopyProperties(like, fd, lost);
  if (error == 0) error = file.Publish(target);
  if (error != 0) return fail(error);
  return lost;
}

uint64_t CountNames(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0 ? status.st_nlink : 0;
}

}  // namespace chestnut::patcher
