#include "binalyzer/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "binalyzer/shrunk_file.h"

namespace chestnut::binalyzer {
namespace {

absl::Status SystemError(const std::string& path, int error) {
  return absl::NotFoundError(absl::StrCat(path, ": ", std::strerror(error)));
}

}  // namespace

absl::StatusOr<MappedFile> MappedFile::Open(const std::string& path) {
  // A pipe must not wait for somebody to write into it.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return SystemError(path, errno);
  struct stat status;
  absl::string_view bytes;
  int error = 0;
  if (fstat(fd, &status) != 0) {
    error = errno;
  } else if (!S_ISREG(status.st_mode)) {
    close(fd);
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": ", S_ISDIR(status.st_mode) ? "a folder" : "a device or a pipe",
        ", not a file; name the file itself"));
  } else if (status.st_size > 0) {
    void* start = mmap(nullptr, status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (start == MAP_FAILED) {
      error = errno;
    } else {
      bytes = absl::string_view(static_cast<const char*>(start),
                                static_cast<size_t>(status.st_size));
      WatchMapping(bytes, path);
    }
  }
  close(fd);
  if (error != 0) return SystemError(path, error);
  return MappedFile(bytes);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

MappedFile::~MappedFile() {
  if (bytes_.empty()) return;
  ForgetMapping(bytes_);
  munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace chestnut::binalyzer
