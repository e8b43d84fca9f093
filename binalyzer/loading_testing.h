// What tests of loading need: files that say something to the loader and no
// more.
#ifndef CHESTNUT_BINALYZER_LOADING_TESTING_H_
#define CHESTNUT_BINALYZER_LOADING_TESTING_H_

#include <elf.h>

#include <cstdint>
#include <string>
#include <vector>

namespace chestnut::binalyzer {

// What a file says to the loader.
struct LoadableSpec {
  std::string soname = {};
  std::vector<std::string> needed = {};
  std::string rpath = {};
  std::string runpath = {};
  std::string interpreter = {};
  uint16_t machine = EM_X86_64;
};

// The smallest ELF file that says it.
std::string LoadableElf(const LoadableSpec& spec);

// An entry of ld.so.cache.
struct CacheEntry {
  std::string name;
  std::string path;
  uint32_t flags = 0x0303;
  uint64_t hwcap = 0;
};

// An ld.so.cache in the new format.
std::string LoaderCacheBytes(const std::vector<CacheEntry>& entries);

}  // namespace chestnut::binalyzer

#endif  // CHESTNUT_BINALYZER_LOADING_TESTING_H_
