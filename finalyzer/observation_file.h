#ifndef CHESTNUT_FINALYZER_OBSERVATION_FILE_H_
#define CHESTNUT_FINALYZER_OBSERVATION_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "finalyzer/observation.h"

// Observations on disk. The supervisor outlives the program by a moment, and a
// process that the program left behind by more: so a file that is being written
// is locked (flock(2)), and a reader waits for that.
namespace chestnut::finalyzer {

// Reads a file. One that is being written is waited for, but not for long: then
// kUnavailable says that somebody still runs. kInvalidArgument: what
// ReadObservations says, or a file whose supervisor was killed.
absl::StatusOr<Observations> LoadObservations(const std::string& path);

// A file that this process writes. It appears whole or not at all, and is
// locked from its first writing until the object ends.
class ObservationFile {
 public:
  ObservationFile() = default;  // without a path nothing is written
  explicit ObservationFile(std::string path) : path_(std::move(path)) {}
  ~ObservationFile();
  ObservationFile(const ObservationFile&) = delete;
  ObservationFile& operator=(const ObservationFile&) = delete;

  // Adds what the file holds, if there is one, to `observations`, and writes
  // them, incomplete, so that the file is locked from now on. Errors as of
  // LoadObservations and Merge, and if it cannot be written.
  absl::Status Begin(Observations& observations);

  absl::Status Write(const Observations& observations);

  // Makes everything as it was before Begin.
  void Undo();

 private:
  std::string path_;
  int descriptor_ = -1;  // of what was written last, with the lock
  bool was_there_ = false;
  std::string before_;
};

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_OBSERVATION_FILE_H_
