#include "binalyzer/loading.h"

#include <algorithm>
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

absl::string_view FolderOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == absl::string_view::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::string_view BaseName(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? path : path.substr(slash + 1);
}

// A first line "#!interpreter argument", without the marker.
std::string ScriptInterpreter(absl::string_view bytes) {
  if (!absl::ConsumePrefix(&bytes, "#!")) return "";
  bytes = bytes.substr(0, std::min(bytes.find('\n'), size_t{256}));
  return std::string(absl::StripAsciiWhitespace(bytes));
}

}  // namespace

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
  const std::string path = root_.Inside(*file);
  Add({.path = path, .file = *file, .info = *std::move(info)}, "", 0);
  return absl::OkStatus();
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
  file.name = found.info.soname.empty() ? std::string(BaseName(found.path))
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
    if (TryPath(expanded, found)) return found;
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
    if (TryFolder(Expand(folder, of), name, found)) return true;
  }
  return false;
}

bool Loading::TryFolder(absl::string_view folder, absl::string_view name,
                        Found& found) const {
  for (const std::string& hwcap : options_.hwcaps) {
    if (TryPath(absl::StrCat(folder, kHwcapsFolder, hwcap, "/", name), found)) {
      return true;
    }
  }
  return TryPath(absl::StrCat(folder, "/", name), found);
}

bool Loading::TryCache(absl::string_view name, Found& found) const {
  const std::vector<std::string>& paths = cache_.Find(name);
  for (const std::string& hwcap : options_.hwcaps) {
    const std::string folder = absl::StrCat(kHwcapsFolder, hwcap, "/");
    for (const std::string& path : paths) {
      if (absl::StrContains(path, folder) && TryPath(path, found)) return true;
    }
  }
  for (const std::string& path : paths) {
    if (!absl::StrContains(path, kHwcapsFolder) && TryPath(path, found)) {
      return true;
    }
  }
  return false;
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
                                    {"$PLATFORM", "x86_64"},
                                    {"${PLATFORM}", "x86_64"}});
}

}  // namespace chestnut::binalyzer
