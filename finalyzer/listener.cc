#include "finalyzer/listener.h"

#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "policy/bpf.h"

namespace chestnut::finalyzer {
namespace {

// Linux 6.6 and later, which the headers need not know yet: who is notified and
// who waits for the answer run on one processor, one after the other, instead
// of another processor being woken twice a call (include/uapi/linux/seccomp.h).
constexpr unsigned long kSetFlags = SECCOMP_IOW(4, uint64_t);
constexpr uint64_t kSyncWakeUp = 1;

}  // namespace

Listener::Listener(int descriptor)
    : descriptor_(descriptor),
      request_(sizeof(seccomp_notif)),
      response_(sizeof(seccomp_notif_resp)) {
  // Older kernels do not have it: slower, and nothing else.
  ioctl(descriptor_, kSetFlags, kSyncWakeUp);
  seccomp_notif_sizes sizes = {};
  if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) != 0) return;
  request_.resize(std::max<size_t>(request_.size(), sizes.seccomp_notif));
  response_.resize(
      std::max<size_t>(response_.size(), sizes.seccomp_notif_resp));
}

Listener::~Listener() { close(descriptor_); }

absl::StatusOr<std::optional<Notification>> Listener::Receive() {
  // The kernel refuses a buffer that is not zero.
  std::fill(request_.begin(), request_.end(), 0);
  if (ioctl(descriptor_, SECCOMP_IOCTL_NOTIF_RECV, request_.data()) != 0) {
    if (errno == ENOENT || errno == EINTR) return std::nullopt;
    return absl::InternalError(
        absl::StrCat("the kernel gives no more calls: ", strerror(errno)));
  }
  seccomp_notif request;
  std::memcpy(&request, request_.data(), sizeof(request));
  Notification notification;
  notification.id = request.id;
  notification.thread = static_cast<pid_t>(request.pid);
  static_assert(sizeof(request.data) == sizeof(policy::SeccompData));
  std::memcpy(&notification.data, &request.data, sizeof(request.data));
  return notification;
}

bool Listener::IsWaiting(uint64_t id) const {
  return ioctl(descriptor_, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

bool Listener::Continue(uint64_t id) const {
  return Answer(id, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
}

bool Listener::Fail(uint64_t id, int error) const {
  return Answer(id, -error, 0);
}

bool Listener::Answer(uint64_t id, int error, uint32_t flags) const {
  seccomp_notif_resp response = {};
  response.id = id;
  response.error = error;
  response.flags = flags;
  std::memcpy(response_.data(), &response, sizeof(response));
  int result;
  do {
    result = ioctl(descriptor_, SECCOMP_IOCTL_NOTIF_SEND, response_.data());
  } while (result != 0 && errno == EINTR);
  return result == 0;
}

}  // namespace chestnut::finalyzer
