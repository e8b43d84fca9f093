// Facts that lie beside their objects: build systems that run the frontend as a
// step of its own keep them so.
#ifndef CHESTNUT_DRIVER_UNIT_FACTS_H_
#define CHESTNUT_DRIVER_UNIT_FACTS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "facts/reader.h"

namespace chestnut::driver {

class UnitFacts {
 public:
  // `list` is a text file that names, in turn, an object and its facts, one
  // path a line. Errors name the list and what is wrong with it, or the object
  // that is not there.
  static absl::StatusOr<UnitFacts> Read(const std::string& list);

  // No facts of anything.
  UnitFacts() = default;

  // The facts of the object with exactly these bytes, wherever it lies: members
  // of archives have lost their path. Several objects may be the same; then the
  // facts of all count. Empty if there is none, as of assembly.
  absl::StatusOr<std::vector<facts::UnitView>> Find(
      absl::string_view object) const;

 private:
  struct Unit {
    std::string object;
    std::string facts;
  };

  // By the object's size, so that few objects are read for comparison.
  absl::flat_hash_map<size_t, std::vector<Unit>> units_;
};

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_UNIT_FACTS_H_
