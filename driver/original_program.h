// Of a program that `chestnut patch` made, what it was made from.
#ifndef CHESTNUT_DRIVER_ORIGINAL_PROGRAM_H_
#define CHESTNUT_DRIVER_ORIGINAL_PROGRAM_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "driver/cache.h"

namespace chestnut::driver {

// The original, in a file of its own and of the program's name, that is gone
// with the object. An analysis of the patched program would find the stub.
class OriginalProgram {
 public:
  // Null if `program` is not patched, or cannot be read: who reads it will say
  // why. DataLoss if it was changed since it was patched.
  static absl::StatusOr<std::shared_ptr<const OriginalProgram>> Of(
      const std::string& program);

  const std::string& file() const { return file_; }

 private:
  explicit OriginalProgram(TemporaryFolder folder)
      : folder_(std::move(folder)) {}

  TemporaryFolder folder_;
  std::string file_;
};

}  // namespace chestnut::driver

#endif  // CHESTNUT_DRIVER_ORIGINAL_PROGRAM_H_
