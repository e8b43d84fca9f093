#include "driver/cache.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace chestnut::driver {
namespace {

// What a signal has to remove; a build that is interrupted must not fill the
// temporary folder. Only names are kept, so that the handler needs no lock.
constexpr int kMaxFolders = 4;
constexpr size_t kMaxPath = 512;
constexpr const char* kTemporaryNames[] = {"first", "runtime.o", "policy.h",
                                           "final", "annotations.o"};
char g_folders[kMaxFolders][kMaxPath];

void RemoveOnSignal(int signal) {
  for (const auto& folder : g_folders) {
    if (folder[0] == 0) continue;
    for (const char* name : kTemporaryNames) {
      char path[kMaxPath + 32];
      char* end = stpcpy(path, folder);
      *end++ = '/';
      stpcpy(end, name);
      unlink(path);
    }
    rmdir(folder);
  }
  // The handler was reset, so this ends us as the sender meant.
  raise(signal);
}

void Register(const std::string& path) {
  if (path.size() >= kMaxPath) return;
  for (auto& folder : g_folders) {
    if (folder[0] != 0) continue;
    memcpy(folder, path.c_str(), path.size() + 1);
    break;
  }
  struct sigaction action = {};
  action.sa_handler = RemoveOnSignal;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction old;
    // What the caller ignores (nohup) stays ignored.
    if (sigaction(signal, nullptr, &old) == 0 && old.sa_handler != SIG_IGN) {
      sigaction(signal, &action, nullptr);
    }
  }
}

void Unregister(const std::string& path) {
  for (auto& folder : g_folders) {
    if (path == folder) folder[0] = 0;
  }
}

absl::Status SystemError(absl::string_view what, const std::string& path,
                         int error) {
  return absl::UnavailableError(
      absl::StrCat("cannot ", what, " '", path, "': ", std::strerror(error)));
}

}  // namespace

absl::StatusOr<std::string> CacheFolder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && cache[0] == '/') {
    return absl::StrCat(cache, "/chestnut");
  }
  const char* home = std::getenv("HOME");
  if (home != nullptr && home[0] == '/') {
    return absl::StrCat(home, "/.cache/chestnut");
  }
  return absl::NotFoundError(
      "no cache folder: neither HOME nor XDG_CACHE_HOME is an absolute path");
}

absl::Status MakeFolders(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return SystemError("make folder", path, error.value());
  return absl::OkStatus();
}

absl::Status RemoveTree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return SystemError("remove", path, error.value());
  return absl::OkStatus();
}

absl::StatusOr<FileLock> FileLock::Acquire(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return SystemError("open", path, errno);
  while (flock(fd, LOCK_EX) != 0) {
    if (errno == EINTR) continue;
    const int error = errno;
    close(fd);
    return SystemError("lock", path, error);
  }
  return FileLock(fd);
}

FileLock::~FileLock() {
  if (fd_ >= 0) close(fd_);
}

absl::StatusOr<TemporaryFolder> TemporaryFolder::Create(
    absl::string_view parent) {
  const char* system = std::getenv("TMPDIR");
  if (parent.empty()) parent = system != nullptr && *system ? system : "/tmp";
  std::string path = absl::StrCat(parent, "/.chestnut-XXXXXX");
  if (mkdtemp(path.data()) == nullptr) {
    return SystemError("make a temporary folder in", std::string(parent),
                       errno);
  }
  return TemporaryFolder(std::move(path));
}

TemporaryFolder::TemporaryFolder(std::string path) : path_(std::move(path)) {
  Register(path_);
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

TemporaryFolder::~TemporaryFolder() {
  if (path_.empty()) return;
  Unregister(path_);
  // A leftover in a temporary folder is not worth an error.
  RemoveTree(path_).IgnoreError();
}

std::string TemporaryFolder::File(absl::string_view name) const {
  return absl::StrCat(path_, "/", name);
}

}  // namespace chestnut::driver
