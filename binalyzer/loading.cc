#include "binalyzer/loading.h"

#include <sys/stat.h>
#include <sys/xattr.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "binalyzer/elf.h"
#include "binalyzer/mapped_file.h"
#include "support/file.h"

namespace chestnut::binalyzer {
namespace {

constexpr absl::string_view kCacheFile = "/etc/ld.so.cache";
constexpr absl::string_view kPreloadFile = "/etc/ld.so.preload";
// Of Debian and its relatives, of the others; only those that exist matter.
constexpr absl::string_view kDefaultFolders[] = {"/lib/x86_64-linux-gnu",
                                                 "/usr/lib/x86_64-linux-gnu",
                                                 "/lib64",
                                                 "/usr/lib64",
                                                 "/lib",
                                                 "/usr/lib"};
constexpr absl::string_view kHwcapsFolder = "/glibc-hwcaps/";
constexpr size_t kMaxFiles = 20000;
// The last glibc 2.N with the folders of the older scheme.
constexpr int kLastLegacy = 36;
// In whose name a program with privileges may have libraries (glibc's
// system_dirs, as Debian builds it).
constexpr absl::string_view kTrustedFolders[] = {"/lib/x86_64-linux-gnu/",
                                                 "/usr/lib/x86_64-linux-gnu/",
                                                 "/lib/", "/usr/lib/"};

absl::string_view FolderOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == absl::string_view::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// A first line "#!interpreter argument", without the marker.
std::string ScriptInterpreter(absl::string_view bytes) {
  if (!absl::ConsumePrefix(&bytes, "#!")) return "";
  bytes = bytes.substr(0, std::min(bytes.find('\n'), size_t{256}));
  return std::string(absl::StripAsciiWhitespace(bytes));
}

// N of the glibc 2.N that a loader says it is of; 0 if it does not.
int GlibcVersion(absl::string_view loader) {
  constexpr absl::string_view kMarker = "release version 2.";
  const size_t at = loader.find(kMarker);
  if (at == absl::string_view::npos) return 0;
  int version = 0;
  for (char digit : loader.substr(at + kMarker.size(), 3)) {
    if (digit < '0' || digit > '9') break;
    version = version * 10 + (digit - '0');
  }
  return version;
}

// Whether the kernel gives who executes the file other rights.
bool GivesPrivileges(const std::string& file) {
  struct stat info;
  if (stat(file.c_str(), &info) != 0) return false;
  return (info.st_mode & (S_ISUID | S_ISGID)) != 0 ||
         getxattr(file.c_str(), "security.capability", nullptr, 0) > 0;
}

bool IsIntel() { return __builtin_cpu_is("intel") != 0; }

}  // namespace

std::string MachinePlatform() {
  return IsIntel() && __builtin_cpu_supports("x86-64-v3") ? "haswell"
                                                          : "x86_64";
}

std::vector<std::string> MachineLegacyHwcaps() {
  std::vector<std::string> names = {"tls", MachinePlatform()};
  if (IsIntel() && __builtin_cpu_supports("x86-64-v4")) {
    names.push_back("avx512_1");
  }
  names.push_back("x86_64");
  return names;
}

std::vector<std::string> MachineHwcaps() {
  std::vector<std::string> names;
  if (__builtin_cpu_supports("x86-64-v4")) names.push_back("x86-64-v4");
  if (__builtin_cpu_supports("x86-64-v3")) names.push_back("x86-64-v3");
  if (__builtin_cpu_supports("x86-64-v2")) names.push_back("x86-64-v2");
  return names;
}

Loading::Loading(const LoadOptions& options)
    : options_(options), root_(options.root) {}

absl::StatusOr<Loading> Loading::OfProgram(const std::string& program,
                                           const LoadOptions& options) {
  Loading loading(options);
  loading.ReadCache();
  if (absl::Status s = loading.AddProgram(program); !s.ok()) return s;
  loading.FindSubfolders();
  // Nothing loads anything into a static program at its start.
  if (loading.files_[0].info.interpreter.empty()) return loading;
  if (absl::Status s = loading.AddPreloaded(); !s.ok()) return s;
  if (absl::Status s = loading.AddNeeded(0); !s.ok()) return s;
  if (absl::Status s = loading.AddInterpreter(); !s.ok()) return s;
  return loading;
}

// A cache that cannot be read is none, for the loader too.
void Loading::ReadCache() {
  absl::StatusOr<std::string> file = root_.Resolve(kCacheFile);
  if (!file.ok()) return;
  absl::StatusOr<std::string> bytes = support::ReadFile(*file);
  if (!bytes.ok()) return;
  absl::StatusOr<LoaderCache> cache = LoaderCache::Parse(*bytes, kCacheFile);
  if (!cache.ok()) return;
  cache_ = *std::move(cache);
  consulted_.emplace_back(kCacheFile);
}

absl::Status Loading::AddProgram(const std::string& program) {
  absl::StatusOr<std::string> file = RootFolder().Resolve(program);
  if (!file.ok()) return file.status();
  absl::StatusOr<MappedFile> mapped = MappedFile::Open(*file);
  if (!mapped.ok()) return mapped.status();
  if (std::string script = ScriptInterpreter(mapped->bytes());
      !script.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        program, ": a script, which ", script, " runs; analyze that program"));
  }
  absl::StatusOr<LoadInfo> info = ReadLoadInfo(mapped->bytes(), program);
  if (!info.ok()) return info.status();
  secure_ = GivesPrivileges(*file);
  const std::string path = root_.Inside(*file);
  Add({.path = path, .file = *file, .info = *std::move(info)}, "", 0);
  return absl::OkStatus();
}

// The folders of the newer scheme, then all combinations of the older one's: by
// the most significant name first, each with before without.
void Loading::FindSubfolders() {
  for (const std::string& hwcap : options_.hwcaps) {
    subfolders_.push_back(absl::StrCat(kHwcapsFolder, hwcap, "/"));
  }
  absl::StatusOr<std::string> file = root_.Resolve(files_[0].info.interpreter);
  absl::StatusOr<std::string> loader =
      file.ok() ? support::ReadFile(*file) : file.status();
  const int version = loader.ok() ? GlibcVersion(*loader) : 0;
  legacy_ = version > 0 && version <= kLastLegacy;
  const std::vector<std::string>& legacy = options_.legacy_hwcaps;
  const size_t sets = legacy_ ? size_t{1} << legacy.size() : 1;
  for (size_t set = sets; set-- > 0;) {
    std::string folder = "/";
    for (size_t i = 0; i < legacy.size(); ++i) {
      const bool in = (set >> (legacy.size() - 1 - i) & 1) != 0;
      if (in) absl::StrAppend(&folder, legacy[i], "/");
    }
    subfolders_.push_back(std::move(folder));
  }
}

absl::Status Loading::AddPreloaded() {
  absl::StatusOr<std::string> file = root_.Resolve(kPreloadFile);
  if (!file.ok()) return absl::OkStatus();
  absl::StatusOr<std::string> text = support::ReadFile(*file);
  if (!text.ok()) return text.status();
  consulted_.emplace_back(kPreloadFile);
  for (absl::string_view line : absl::StrSplit(*text, '\n')) {
    line = line.substr(0, line.find('#'));
    for (absl::string_view name :
         absl::StrSplit(line, absl::ByAnyChar(" \t:"), absl::SkipEmpty())) {
      // The loader warns of a missing one and goes on.
      absl::StatusOr<uint32_t> index = Load(name, 0, /*optional=*/true);
      if (!index.ok()) return index.status();
      if (*index != 0) files_[*index].preloaded = true;
    }
  }
  return absl::OkStatus();
}

// libc needs the loader by name, usually; if nobody does it comes last.
absl::Status Loading::AddInterpreter() {
  const std::string name = files_[0].info.interpreter;
  absl::StatusOr<uint32_t> index = Load(name, 0, /*optional=*/false);
  if (!index.ok()) return index.status();
  interpreter_ = *index;
  return absl::OkStatus();
}

absl::Status Loading::AddNeeded(uint32_t first) {
  for (uint32_t i = first; i < files_.size(); ++i) {
    // Loading moves the vector.
    const LoadInfo info = files_[i].info;
    for (const std::string& name : info.filters) {
      absl::StatusOr<uint32_t> index = Load(name, i, /*optional=*/true);
      if (!index.ok()) return index.status();
    }
    for (const std::string& name : info.needed) {
      absl::StatusOr<uint32_t> index = Load(name, i, /*optional=*/false);
      if (!index.ok()) return index.status();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<uint32_t> Loading::Open(absl::string_view name, uint32_t by) {
  const uint32_t before = static_cast<uint32_t>(files_.size());
  ++group_;
  absl::StatusOr<uint32_t> index = Load(name, by, /*optional=*/false);
  if (!index.ok()) return index.status();
  if (files_.size() == before) {
    --group_;
    return index;
  }
  if (absl::Status status = AddNeeded(before); !status.ok()) return status;
  return index;
}

absl::StatusOr<uint32_t> Loading::Load(absl::string_view name, uint32_t by,
                                       bool optional) {
  if (auto it = by_name_.find(name); it != by_name_.end()) return it->second;
  if (files_.size() >= kMaxFiles) {
    return absl::InvalidArgumentError(absl::StrCat(
        files_[0].path, ": it loads more than ", kMaxFiles, " libraries"));
  }
  absl::StatusOr<Found> found = Search(name, by);
  if (!found.ok()) {
    if (optional && absl::IsNotFound(found.status())) return 0;
    return found.status();
  }
  if (auto it = by_file_.find(found->file); it != by_file_.end()) {
    by_name_.emplace(name, it->second);
    return it->second;
  }
  return Add(*std::move(found), name, by);
}

uint32_t Loading::Add(Found found, absl::string_view requested, uint32_t by) {
  const auto index = static_cast<uint32_t>(files_.size());
  LoadedFile file;
  file.name = found.info.soname.empty()
                  ? std::string(support::BaseName(found.path))
                  : found.info.soname;
  file.path = std::move(found.path);
  file.file = std::move(found.file);
  file.info = std::move(found.info);
  file.group = group_;
  file.needed_by = by;
  by_file_.emplace(file.file, index);
  if (!requested.empty()) by_name_.emplace(requested, index);
  if (!file.info.soname.empty()) by_name_.emplace(file.info.soname, index);
  files_.push_back(std::move(file));
  return index;
}

absl::StatusOr<Loading::Found> Loading::Search(absl::string_view name,
                                               uint32_t by) const {
  Found found;
  const std::string expanded = Expand(name, by);
  if (absl::StrContains(expanded, '/')) {
    if (IsTrusted(name, expanded, by) && TryPath(expanded, found)) return found;
  } else {
    const LoadInfo& info = files_[by].info;
    if (info.runpath.empty() && TryRpaths(expanded, by, found)) return found;
    if (TryFolders(info.runpath, by, expanded, found)) return found;
    if (!info.no_default_folders) {
      if (TryCache(expanded, found)) return found;
      for (absl::string_view folder : kDefaultFolders) {
        if (TryFolder(folder, expanded, found)) return found;
      }
    }
  }
  return absl::NotFoundError(
      absl::StrCat(files_[by].path, ": it needs ", name,
                   ", which is nowhere where the loader looks; install it, or "
                   "give the folder of the right system with --root"));
}

// DT_RPATH of who asks, of those that loaded it, and of the program. It counts
// only where there is no DT_RUNPATH.
bool Loading::TryRpaths(absl::string_view name, uint32_t by,
                        Found& found) const {
  for (uint32_t i = by;;) {
    const LoadInfo& info = files_[i].info;
    if (info.runpath.empty() && TryFolders(info.rpath, i, name, found)) {
      return true;
    }
    if (i == 0) return false;
    i = files_[i].needed_by;
  }
}

bool Loading::TryFolders(absl::string_view list, uint32_t of,
                         absl::string_view name, Found& found) const {
  if (list.empty()) return false;
  for (absl::string_view folder : absl::StrSplit(list, ':')) {
    // An empty entry is the working folder, which differs from run to run.
    if (folder.empty()) continue;
    const std::string expanded = Expand(folder, of);
    if (IsTrusted(folder, expanded, of) && TryFolder(expanded, name, found)) {
      return true;
    }
  }
  return false;
}

bool Loading::TryFolder(absl::string_view folder, absl::string_view name,
                        Found& found) const {
  return std::any_of(subfolders_.begin(), subfolders_.end(),
                     [&](const std::string& subfolder) {
                       return TryPath(absl::StrCat(folder, subfolder, name),
                                      found);
                     });
}

// A program with privileges is not to be given other libraries by a link to it
// in a folder of one's own: $ORIGIN may only begin a path, which in the program
// itself must end up in a system folder (_dl_dst_substitute).
bool Loading::IsTrusted(absl::string_view text, absl::string_view expanded,
                        uint32_t of) const {
  if (!secure_ || !absl::StrContains(text, "ORIGIN")) return true;
  if (!absl::ConsumePrefix(&text, "$ORIGIN") &&
      !absl::ConsumePrefix(&text, "${ORIGIN}")) {
    return false;
  }
  if (!text.empty() && text[0] != '/') return false;
  if (of != 0) return true;
  const std::string place =
      std::filesystem::path(std::string(expanded)).lexically_normal().string() +
      "/";
  return std::any_of(
      std::begin(kTrustedFolders), std::end(kTrustedFolders),
      [&place](auto folder) { return absl::StartsWith(place, folder); });
}

bool Loading::TryCache(absl::string_view name, Found& found) const {
  const std::vector<LoaderCache::Entry>& entries = cache_.Find(name);
  for (const std::string& hwcap : options_.hwcaps) {
    const std::string folder = absl::StrCat(kHwcapsFolder, hwcap, "/");
    for (const LoaderCache::Entry& entry : entries) {
      if (absl::StrContains(entry.path, folder) && TryPath(entry.path, found)) {
        return true;
      }
    }
  }
  const std::vector<std::string>& legacy = options_.legacy_hwcaps;
  auto is_used = [&](const std::string& folder) {
    return legacy_ &&
           std::find(legacy.begin(), legacy.end(), folder) != legacy.end();
  };
  return std::any_of(entries.begin(), entries.end(),
                     [&](const LoaderCache::Entry& entry) {
                       return !absl::StrContains(entry.path, kHwcapsFolder) &&
                              std::all_of(entry.legacy_hwcaps.begin(),
                                          entry.legacy_hwcaps.end(), is_used) &&
                              TryPath(entry.path, found);
                     });
}

// Files of another machine, and what is no ELF file, the loader passes over.
bool Loading::TryPath(const std::string& path, Found& found) const {
  absl::StatusOr<std::string> file = root_.Resolve(path);
  if (!file.ok()) return false;
  absl::StatusOr<MappedFile> mapped = MappedFile::Open(*file);
  if (!mapped.ok()) return false;
  absl::StatusOr<LoadInfo> info = ReadLoadInfo(mapped->bytes(), path);
  if (!info.ok()) return false;
  found = {.path = path, .file = *std::move(file), .info = *std::move(info)};
  return true;
}

// Dynamic string tokens, of ld.so(8).
std::string Loading::Expand(absl::string_view text, uint32_t of) const {
  if (!absl::StrContains(text, '$')) return std::string(text);
  // Of the program the place of the file itself, of a library where it was
  // found.
  const std::string origin(FolderOf(of != 0 ? files_[of].path
                                    : options_.destination.empty()
                                        ? root_.Inside(files_[0].file)
                                        : options_.destination));
  constexpr absl::string_view kLibrary = "lib/x86_64-linux-gnu";
  return absl::StrReplaceAll(text, {{"$ORIGIN", origin},
                                    {"${ORIGIN}", origin},
                                    {"$LIB", kLibrary},
                                    {"${LIB}", kLibrary},
                                    {"$PLATFORM", options_.platform},
                                    {"${PLATFORM}", options_.platform}});
}

}  // namespace chestnut::binalyzer
