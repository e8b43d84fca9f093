// Facts of modules, made once a module: they are kept under the user's cache
// folder. Several processes may use it at once.
#ifndef CHESTNUT_DRIVER_MODULE_CACHE_H_
#define CHESTNUT_DRIVER_MODULE_CACHE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
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

  // Removes what was used longest ago, until the rest fits.
  void Trim() const;

  static absl::StatusOr<CacheUsage> Usage();
  // Removes all entries.
  static absl::Status Clear();

 private:
  absl::StatusOr<facts::UnitView> Make(const binalyzer::LoadedFile& file,
                                       const std::string& entry) const;

  std::string folder_;    // empty: none
  std::string analyzer_;  // what made the facts: another one makes others
};

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_MODULE_CACHE_H_
