#include "binalyzer/root_folder.h"

#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace chestnut::binalyzer {
namespace {

constexpr int kMaxLinks = 40;  // as the kernel

}  // namespace

RootFolder::RootFolder(absl::string_view folder) : folder_(folder) {
  char real[PATH_MAX];
  if (!folder_.empty() && realpath(folder_.c_str(), real) != nullptr) {
    folder_ = real;
  }
  while (absl::EndsWith(folder_, "/")) folder_.pop_back();
}

absl::StatusOr<std::string> RootFolder::Resolve(absl::string_view path) const {
  auto missing = [path] {
    return absl::NotFoundError(absl::StrCat(path, ": no such file"));
  };
  if (is_system()) {
    char real[PATH_MAX];
    if (realpath(std::string(path).c_str(), real) == nullptr) return missing();
    return std::string(real);
  }
  std::deque<std::string> rest = absl::StrSplit(path, '/', absl::SkipEmpty());
  std::vector<std::string> done;
  int links = 0;
  while (!rest.empty()) {
    std::string part = std::move(rest.front());
    rest.pop_front();
    if (part == ".") continue;
    if (part == "..") {
      if (!done.empty()) done.pop_back();
      continue;
    }
    const std::string here =
        absl::StrCat(folder_, "/", absl::StrJoin(done, "/"), "/", part);
    struct stat info;
    if (lstat(here.c_str(), &info) != 0) return missing();
    if (!S_ISLNK(info.st_mode)) {
      done.push_back(std::move(part));
      continue;
    }
    char target[PATH_MAX];
    const ssize_t length = readlink(here.c_str(), target, sizeof(target));
    if (length <= 0 || ++links > kMaxLinks) return missing();
    const absl::string_view text(target, static_cast<size_t>(length));
    if (absl::StartsWith(text, "/")) done.clear();
    std::vector<std::string> parts =
        absl::StrSplit(text, '/', absl::SkipEmpty());
    rest.insert(rest.begin(), parts.begin(), parts.end());
  }
  return absl::StrCat(folder_, "/", absl::StrJoin(done, "/"));
}

std::vector<std::string> RootFolder::Glob(absl::string_view pattern) const {
  glob_t found = {};
  std::vector<std::string> paths;
  if (glob(absl::StrCat(folder_, pattern).c_str(), GLOB_NOSORT, nullptr,
           &found) == 0) {
    for (size_t i = 0; i < found.gl_pathc; ++i) {
      paths.push_back(Inside(found.gl_pathv[i]));
    }
  }
  globfree(&found);
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string RootFolder::Inside(absl::string_view host_path) const {
  if (is_system() || !absl::StartsWith(host_path, absl::StrCat(folder_, "/"))) {
    return std::string(host_path);
  }
  return std::string(host_path.substr(folder_.size()));
}

}  // namespace chestnut::binalyzer
