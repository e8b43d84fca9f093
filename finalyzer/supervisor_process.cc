#include "finalyzer/supervisor_process.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "finalyzer/supervisor.h"
#include "finalyzer/watch.h"

namespace chestnut::finalyzer {
namespace {

// What it says of itself before the program runs: its id, then the code and
// text of an error.
struct Hello {
  pid_t id = 0;
  int code = 0;
  char text[1024] = "";
};

struct Delivery {
  int listener = -1;
  int number = -1;
};

absl::Status SystemError(absl::string_view what) {
  return absl::InternalError(absl::StrCat(
      "the supervisor could not be started: ", what, ": ", strerror(errno)));
}

// Waits for the listener; none if everybody who could send one is gone.
Delivery Receive(int socket) {
  Delivery delivery;
  int number = -1;
  iovec vector = {&number, sizeof(number)};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  msghdr message = {};
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  ssize_t count;
  do {
    count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (count < 0 && errno == EINTR);
  if (count != sizeof(number)) return delivery;
  const cmsghdr* head = CMSG_FIRSTHDR(&message);
  if (head == nullptr || head->cmsg_type != SCM_RIGHTS) return delivery;
  std::memcpy(&delivery.listener, CMSG_DATA(head), sizeof(int));
  delivery.number = number;
  return delivery;
}

void KeepOnly(int socket) {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null >= 0) {
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
  }
  // Whatever this process was started with is the program's.
  const auto kept = static_cast<unsigned>(socket);
  if (close_range(3, kept - 1, 0) == 0 && close_range(kept + 1, ~0U, 0) == 0) {
    return;
  }
  // An old kernel, or an outer filter that says so.
  constexpr int kMostDescriptors = 65536;
  for (int other = 3; other < kMostDescriptors; ++other) {
    if (other != socket) close(other);
  }
}

[[noreturn]] void Supervise(const Supervision& supervision, pid_t program,
                            int socket) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  // Who asks must be where the terminal belongs to it; nobody else wants one.
  if (supervision.watch != Watch::kAsk) setsid();
  KeepOnly(socket);
  Supervisor supervisor(supervision, program);
  const absl::Status status = supervisor.Prepare();
  Hello hello;
  hello.id = getpid();
  hello.code = static_cast<int>(status.code());
  status.message()
      .substr(0, sizeof(hello.text) - 1)
      .copy(hello.text, sizeof(hello.text) - 1);
  const bool told = send(socket, &hello, sizeof(hello), MSG_NOSIGNAL) ==
                    static_cast<ssize_t>(sizeof(hello));
  if (!status.ok()) _exit(0);
  Delivery delivery;
  if (told) delivery = Receive(socket);
  close(socket);
  supervisor.Run(delivery.listener, delivery.number);
  _exit(0);
}

// By a child in between that has no exit signal and is waited for here.
absl::Status Spawn(const Supervision& supervision, int socket) {
  const pid_t program = getpid();
  const auto child = static_cast<pid_t>(syscall(SYS_clone, 0, 0, 0, 0, 0));
  if (child == 0) {
    if (fork() == 0) Supervise(supervision, program, socket);
    _exit(0);
  }
  if (child < 0) return SystemError("no process");
  while (waitpid(child, nullptr, __WALL) < 0 && errno == EINTR) {
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SupervisorProcess> StartSupervisor(
    const Supervision& supervision) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return SystemError("no socket");
  }
  // Not among the standard descriptors, whichever of them are closed.
  const int ours = fcntl(ends[0], F_DUPFD_CLOEXEC, 3);
  const int its = fcntl(ends[1], F_DUPFD_CLOEXEC, 3);
  close(ends[0]);
  close(ends[1]);
  absl::Status status = Spawn(supervision, its);
  close(its);
  Hello hello;
  if (status.ok() && recv(ours, &hello, sizeof(hello), 0) !=
                         static_cast<ssize_t>(sizeof(hello))) {
    status = absl::InternalError(
        "the supervisor could not be started: it ended at once");
  }
  if (status.ok() && hello.code != 0) {
    status = absl::Status(static_cast<absl::StatusCode>(hello.code),
                          absl::string_view(hello.text));
  }
  if (!status.ok()) {
    close(ours);
    return status;
  }
  return SupervisorProcess{hello.id, ours};
}

}  // namespace chestnut::finalyzer
