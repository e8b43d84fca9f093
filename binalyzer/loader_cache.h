// /etc/ld.so.cache: where the loader finds libraries by name. The format is
// that of glibc's elf/dl-cache.h ("glibc-ld.so.cache1.1", with or without the
// old format before it).
#ifndef CHESTNUT_BINALYZER_LOADER_CACHE_H_
#define CHESTNUT_BINALYZER_LOADER_CACHE_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace chestnut::binalyzer {

class LoaderCache {
 public:
  // A cache without entries, as if there were no file.
  LoaderCache() = default;

  // InvalidArgument: not a cache of that format, out of bounds. The loader
  // ignores such a file; whoever calls this decides.
  static absl::StatusOr<LoaderCache> Parse(absl::string_view bytes,
                                           absl::string_view origin);

  struct Entry {
    std::string path;
    // Names of the legacy folders that it is in, which glibc up to 2.36 looks
    // at; those in a glibc-hwcaps folder have its name in their path.
    std::vector<std::string> legacy_hwcaps;
  };
  // Of x86-64 libraries with that soname, in the order of the file.
  const std::vector<Entry>& Find(absl::string_view soname) const;

 private:
  absl::flat_hash_map<std::string, std::vector<Entry>> entries_;
};

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_LOADER_CACHE_H_
