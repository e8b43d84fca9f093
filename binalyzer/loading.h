// What a program loads: the search of the dynamic loader, done without it.
// Rules of glibc's ld.so(8) and elf/dl-load.c. LD_LIBRARY_PATH, LD_PRELOAD and
// LD_AUDIT are not looked at: who sets them owns the process anyway.
#ifndef CHESTNUT_BINALYZER_LOADING_H_
#define CHESTNUT_BINALYZER_LOADING_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "binalyzer/load_info.h"
#include "binalyzer/loader_cache.h"
#include "binalyzer/root_folder.h"

namespace chestnut::binalyzer {

struct LoadOptions {
  // The program and all it loads are looked for below this folder; empty: /.
  std::string root;
  // Names of glibc-hwcaps folders that the loader uses, best first. The default
  // is what this machine's processor supports.
  std::vector<std::string> hwcaps;
  // Names of the folders that glibc up to 2.36 uses besides, in any
  // combination: the most significant first. Not looked at if the program's
  // loader is newer.
  std::vector<std::string> legacy_hwcaps = {};
  // What $PLATFORM means to the loader.
  std::string platform = "x86_64";
  // Where the program will lie, if not where it is read from: what $ORIGIN
  // means to it.
  std::string destination = {};
};

// x86-64-v4, -v3, -v2 as far as this machine's processor goes.
std::vector<std::string> MachineHwcaps();
// The same of legacy_hwcaps and platform, as glibc's sysdeps/x86/cpu-features.c
// has them.
std::vector<std::string> MachineLegacyHwcaps();
std::string MachinePlatform();

struct LoadedFile {
  std::string name;        // soname, else the last part of the path
  std::string path;        // within the root, as the loader found it
  std::string file;        // on this system, without symbolic links
  uint32_t group = 0;      // 0: at start; else the number of the dlopen
  uint32_t needed_by = 0;  // index of who asked for it first
  bool preloaded = false;  // by /etc/ld.so.preload
  LoadInfo info;
};

// Used once for a program; not thread-safe.
class Loading {
 public:
  // Finds `program` (a path on this system) and everything it needs.
  // InvalidArgument, NotFound: no program, a script (the message names its
  // interpreter), a library that is nowhere (the message names who needs it),
  // files that lie.
  static absl::StatusOr<Loading> OfProgram(const std::string& program,
                                           const LoadOptions& options);

  // What a dlopen of `name` brings, as the next group; `by` is the index of the
  // file whose search path counts. Nothing is added if it is loaded already.
  // The index of the file.
  absl::StatusOr<uint32_t> Open(absl::string_view name, uint32_t by);

  // The program first, then in the loader's search order, then by groups.
  const std::vector<LoadedFile>& files() const { return files_; }
  // Index of the loader itself; 0 if the program has none.
  uint32_t interpreter() const { return interpreter_; }
  // Files of the system, besides the modules, that decided what is loaded.
  // Within the root.
  const std::vector<std::string>& consulted() const { return consulted_; }
  const RootFolder& root() const { return root_; }

 private:
  struct Found {
    std::string path;
    std::string file;
    LoadInfo info;
  };

  explicit Loading(const LoadOptions& options);
  absl::Status AddProgram(const std::string& program);
  absl::Status AddPreloaded();
  absl::Status AddInterpreter();
  void ReadCache();
  // Breadth first from files_[first] on.
  absl::Status AddNeeded(uint32_t first);
  absl::StatusOr<uint32_t> Load(absl::string_view name, uint32_t by,
                                bool optional);
  absl::StatusOr<Found> Search(absl::string_view name, uint32_t by) const;
  bool TryPath(const std::string& path, Found& found) const;
  // Part of a folder's path that comes before a library's name, by preference.
  void FindSubfolders();
  bool IsTrusted(absl::string_view text, absl::string_view expanded,
                 uint32_t of) const;
  bool TryFolder(absl::string_view folder, absl::string_view name,
                 Found& found) const;
  bool TryFolders(absl::string_view list, uint32_t of, absl::string_view name,
                  Found& found) const;
  bool TryRpaths(absl::string_view name, uint32_t by, Found& found) const;
  bool TryCache(absl::string_view name, Found& found) const;
  std::string Expand(absl::string_view text, uint32_t of) const;
  uint32_t Add(Found found, absl::string_view requested, uint32_t by);

  LoadOptions options_;
  RootFolder root_;
  LoaderCache cache_;
  uint32_t group_ = 0;
  uint32_t interpreter_ = 0;
  bool legacy_ = false;  // the loader knows legacy_hwcaps
  bool secure_ = false;  // the program gains privileges by its file
  std::vector<std::string> subfolders_;
  std::vector<LoadedFile> files_;
  std::vector<std::string> consulted_;
  absl::flat_hash_map<std::string, uint32_t> by_name_;  // sonames and requests
  absl::flat_hash_map<std::string, uint32_t> by_file_;
};

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_LOADING_H_
