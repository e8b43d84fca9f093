#ifndef CHESTNUT_DRIVER_SYMBOLS_H_
#define CHESTNUT_DRIVER_SYMBOLS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace chestnut::driver {

// Names of places in code, for messages. Files are read when they are first
// asked for, and kept.
class Symbols {
 public:
  // "open64+0x1a", of the function of `path` that holds the address `offset`
  // from where the file begins in memory; empty if the file has no symbol
  // there, or cannot be read.
  std::string Find(const std::string& path, uint64_t offset);

 private:
  struct Function {
    uint64_t begin = 0;
    uint64_t end = 0;
    std::string name;
  };
  static std::vector<Function> Read(const std::string& path);

  std::map<std::string, std::vector<Function>> files_;  // sorted by `begin`
};

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_SYMBOLS_H_
