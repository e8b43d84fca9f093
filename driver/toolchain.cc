#include "driver/toolchain.h"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "driver/process.h"
#include "support/file.h"

namespace chestnut::driver {
namespace {

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

std::string Resolved(const std::string& path) {
  char buffer[PATH_MAX];
  return realpath(path.c_str(), buffer) != nullptr ? buffer : path;
}

}  // namespace

absl::StatusOr<RealCompiler> FindRealCompiler(const Options& options,
                                              Language language) {
  std::string name = options.real;
  if (name.empty()) name = language == Language::kC ? "clang-19" : "clang++-19";
  absl::StatusOr<std::string> path = FindProgram(name);
  if (!path.ok()) return path.status();
  const std::string resolved = Resolved(*path);
  if (absl::StartsWith(support::BaseName(resolved), "chestnut")) {
    return absl::InvalidArgumentError(
        absl::StrCat("--chestnut-real: '", name, "' is Chestnut itself"));
  }
  RealCompiler compiler;
  compiler.path = *path;
  compiler.family = absl::StrContains(support::BaseName(resolved), "clang") ||
                            absl::StrContains(support::BaseName(*path), "clang")
                        ? CompilerFamily::kClang
                        : CompilerFamily::kGcc;
  return compiler;
}

absl::StatusOr<std::string> FindCompanion(
    absl::string_view what, const std::vector<std::string>& names) {
  const std::string folder = ProgramFolder();
  for (const std::string& name : names) {
    std::string path = absl::StrCat(folder, "/", name);
    if (access(path.c_str(), R_OK) == 0) return path;
  }
  return absl::NotFoundError(absl::StrCat(what, " '", folder, "/", names[0],
                                          "' is missing; build or install "
                                          "Chestnut again"));
}

absl::StatusOr<std::string> FindPlugin() {
  return FindCompanion("the compiler plugin",
                       {"../lib/chestnut-frontend-plugin.so"});
}

absl::StatusOr<std::string> FindLinkerStage() {
  return FindCompanion("the linker stage", {"chestnut-ld"});
}

absl::StatusOr<std::string> FindResources() {
  // The second where chestnut-ld was copied to the names that gcc looks for.
  return FindCompanion("the folder",
                       {"../share/chestnut", "../../share/chestnut"});
}

absl::StatusOr<std::string> FindLinker(const std::string& asked,
                                       const std::string& compiler) {
  if (asked.find('/') != std::string::npos) return FindProgram(asked);
  const std::string name = asked.empty() || asked == "ld" ? "ld"
                           : absl::StartsWith(asked, "ld.")
                               ? asked
                               : absl::StrCat("ld.", asked);
  std::string beside = absl::StrCat(FolderOf(Resolved(compiler)), "/", name);
  if (access(beside.c_str(), X_OK) == 0) return beside;
  return FindProgram(name);
}

std::string FileIdentity(const std::string& path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return absl::StrCat(path, " missing");
  return absl::StrCat(Resolved(path), " ", status.st_size, " ",
                      status.st_mtim.tv_sec, ".", status.st_mtim.tv_nsec);
}

}  // namespace chestnut::driver
