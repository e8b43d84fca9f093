#include "finalyzer/observation_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "finalyzer/observation.h"
#include "finalyzer/observation_json.h"
#include "support/file.h"

namespace chestnut::finalyzer {
namespace {

// How long a reader waits for the end of a program that has just ended.
constexpr absl::Duration kPatience = absl::Seconds(5);
constexpr absl::Duration kPause = absl::Milliseconds(5);

absl::Status SystemError(absl::string_view path, absl::string_view what) {
  return absl::UnavailableError(
      absl::StrCat(path, ": ", what, ": ", strerror(errno)));
}

// Waits until nobody writes the file that has this path now.
absl::Status WaitForWriter(const std::string& path) {
  const absl::Time end = absl::Now() + kPatience;
  for (;;) {
    const int descriptor =
        open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return SystemError(path, "cannot be read");
    const int locked = flock(descriptor, LOCK_SH | LOCK_NB);
    struct stat opened = {};
    struct stat now = {};
    const bool same = fstat(descriptor, &opened) == 0 &&
                      stat(path.c_str(), &now) == 0 &&
                      opened.st_ino == now.st_ino;
    close(descriptor);
    if (locked == 0 && same) return absl::OkStatus();
    if (absl::Now() > end) {
      return absl::UnavailableError(absl::StrCat(
          path,
          ": is still being written: the program, or something that it "
          "started, still runs; wait for it to end"));
    }
    absl::SleepFor(kPause);
  }
}

}  // namespace

absl::StatusOr<Observations> LoadObservations(const std::string& path) {
  if (absl::Status status = WaitForWriter(path); !status.ok()) return status;
  absl::StatusOr<std::string> text = support::ReadFile(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<Observations> observations = ReadObservations(*text, path);
  if (!observations.ok() || observations->complete) return observations;
  return absl::InvalidArgumentError(absl::StrCat(
      path,
      ": the supervisor that wrote it was killed, so calls may be missing; "
      "remove it and run the program again"));
}

ObservationFile::~ObservationFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::Status ObservationFile::Begin(Observations& observations) {
  if (path_.empty()) return absl::OkStatus();
  was_there_ = access(path_.c_str(), F_OK) == 0;
  if (was_there_) {
    absl::StatusOr<Observations> before = LoadObservations(path_);
    if (!before.ok()) return before.status();
    before_ = WriteObservations(*before);
    // Nothing was looked at yet by this run.
    const Recorded recorded = observations.recorded;
    if (absl::Status status = Merge(*before, path_, observations);
        !status.ok()) {
      return status;
    }
    if (before->recorded != recorded) {
      return absl::InvalidArgumentError(absl::StrCat(
          path_, ": holds observations of ",
          recorded == Recorded::kAll ? "missing calls only" : "all calls",
          " (--trace-all); give another file"));
    }
  }
  observations.complete = false;
  return Write(observations);
}

absl::Status ObservationFile::Write(const Observations& observations) {
  if (path_.empty()) return absl::OkStatus();
  const std::string text = WriteObservations(observations);
  std::string temporary = path_ + ".XXXXXX";
  const int descriptor = mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) return SystemError(path_, "cannot be written");
  // Locked before anybody can find it.
  absl::Status status;
  size_t done = 0;
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0 ||
      fchmod(descriptor, 0644) != 0) {
    status = SystemError(path_, "cannot be written");
  }
  while (status.ok() && done < text.size()) {
    const ssize_t count =
        write(descriptor, text.data() + done, text.size() - done);
    if (count <= 0) {
      status = SystemError(path_, "cannot be written");
    } else {
      done += static_cast<size_t>(count);
    }
  }
  if (status.ok() && rename(temporary.c_str(), path_.c_str()) != 0) {
    status = SystemError(path_, "cannot be written");
  }
  if (!status.ok()) {
    unlink(temporary.c_str());
    close(descriptor);
    return status;
  }
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = descriptor;
  return absl::OkStatus();
}

void ObservationFile::Undo() {
  if (path_.empty()) return;
  if (!was_there_) {
    unlink(path_.c_str());
  } else {
    // It was read a moment ago; there is nobody to tell that it cannot be
    // written now.
    support::WriteFileAtomically(path_, before_).IgnoreError();
  }
}

}  // namespace chestnut::finalyzer
