#ifndef CHESTNUT_FINALYZER_LISTENER_H_
#define CHESTNUT_FINALYZER_LISTENER_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "policy/bpf.h"

namespace chestnut::finalyzer {

// A call that waits for its answer.
struct Notification {
  uint64_t id = 0;
  pid_t thread = 0;  // 0 if it is in another pid namespace
  policy::SeccompData data;
};

// The supervisor's end of a filter (seccomp_unotify(2)). Owns the descriptor.
class Listener {
 public:
  explicit Listener(int descriptor);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int descriptor() const { return descriptor_; }

  // The next call, to be asked for when the descriptor is readable; none if it
  // was given up meanwhile (the thread died, or a signal interrupted it).
  absl::StatusOr<std::optional<Notification>> Receive();

  // Whether the call still waits. What was read of a thread's memory or of
  // /proc is its own only if this holds afterwards: else its id may have been
  // another's already.
  bool IsWaiting(uint64_t id) const;

  // Each answers a call; false if it does not wait any more.
  bool Continue(uint64_t id) const;         // the kernel goes on with it
  bool Fail(uint64_t id, int error) const;  // it returns this errno

 private:
  bool Answer(uint64_t id, int error, uint32_t flags) const;

  int descriptor_;
  std::vector<char> request_;  // as large as this kernel wants it
  mutable std::vector<char> response_;
};

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_LISTENER_H_
