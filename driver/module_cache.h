// Facts of modules, made once a module: they are kept under the user's cache
// folder. Several processes may use it at once.
#ifndef CHESTNUT_DRIVER_MODULE_CACHE_H_
#define CHESTNUT_DRIVER_MODULE_CACHE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "binalyzer/loading.h"
#include "facts/reader.h"

namespace chestnut::driver {

struct CacheUsage {
  std::string folder;
  uint64_t entries = 0;
  uint64_t bytes = 0;
  uint64_t limit = 0;  // in bytes; what was used longest ago goes first
};

class ModuleCache {
 public:
  // Without a folder to keep anything in (no home) facts are made each time.
  // `enabled` false: neither read nor written.
  explicit ModuleCache(bool enabled);

  // The facts of a module. Thread-safe. Errors are those of reading the file
  // and of the analysis; a cache that cannot be used is none.
  absl::StatusOr<facts::UnitView> Facts(
      const binalyzer::LoadedFile& file) const;

  // What tells a module's file from every other.
  static absl::StatusOr<std::string> Identity(
      const binalyzer::LoadedFile& file);

  // A text that `key` decides, as this program made it before. NotFound.
  absl::StatusOr<std::string> Recall(absl::string_view key) const;
  // Does its best: what cannot be kept is found out again.
  void Remember(absl::string_view key, absl::string_view text) const;

  // Removes what was used longest ago, until the rest fits.
  void Trim() const;

  static absl::StatusOr<CacheUsage> Usage();
  // Removes all entries.
  static absl::Status Clear();

 private:
  std::string EntryOf(absl::string_view key, absl::string_view extension) const;
  absl::StatusOr<facts::UnitView> Make(const binalyzer::LoadedFile& file,
                                       const std::string& entry) const;

  std::string folder_;    // empty: none
  std::string analyzer_;  // what made the facts: another one makes others
};

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_MODULE_CACHE_H_
