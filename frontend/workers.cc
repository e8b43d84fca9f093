#include "frontend/workers.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace chestnut::frontend {
namespace {

struct Worker {
  pid_t process;
  int pipe;
  size_t job;
  std::string message;
};

// In the child: the status goes through the pipe as code and message.
[[noreturn]] void RunChild(int pipe,
                           const std::function<absl::Status(size_t)>& job,
                           size_t index) {
  absl::Status status = job(index);
  std::string text(status.message());
  const char* next = text.data();
  size_t left = text.size();
  while (left > 0) {
    ssize_t written = write(pipe, next, left);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    next += written;
    left -= static_cast<size_t>(written);
  }
  _exit(static_cast<int>(status.code()));
}

absl::Status Start(size_t job_index,
                   const std::function<absl::Status(size_t)>& job,
                   std::vector<Worker>& running) {
  int ends[2];
  if (pipe(ends) != 0) {
    return absl::InternalError(
        absl::StrCat("cannot make a pipe: ", std::strerror(errno)));
  }
  pid_t process = fork();
  if (process < 0) {
    close(ends[0]);
    close(ends[1]);
    return absl::InternalError(
        absl::StrCat("cannot start a process: ", std::strerror(errno)));
  }
  if (process == 0) {
    close(ends[0]);
    RunChild(ends[1], job, job_index);
  }
  close(ends[1]);
  running.push_back({process, ends[0], job_index, ""});
  return absl::OkStatus();
}

// Reads what is there; false at the end.
bool ReadSome(Worker& worker) {
  char buffer[4096];
  ssize_t got = read(worker.pipe, buffer, sizeof buffer);
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  worker.message.append(buffer, static_cast<size_t>(got));
  return got > 0;
}

absl::Status Reap(Worker& worker) {
  close(worker.pipe);
  int status = 0;
  while (waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) {
    return absl::InternalError(
        absl::StrCat("the frontend crashed with signal ", WTERMSIG(status)));
  }
  return absl::Status(static_cast<absl::StatusCode>(WEXITSTATUS(status)),
                      worker.message);
}

// Waits until a worker has something to say, and reaps those that ended.
void WaitForOne(std::vector<Worker>& running,
                const std::function<void(size_t, const absl::Status&)>& done) {
  std::vector<pollfd> waiting;
  waiting.reserve(running.size());
  for (const Worker& worker : running) {
    waiting.push_back({worker.pipe, POLLIN, 0});
  }
  poll(waiting.data(), waiting.size(), -1);
  for (size_t i = running.size(); i-- > 0;) {
    if (waiting[i].revents == 0 || ReadSome(running[i])) continue;
    Worker ended = std::move(running[i]);
    running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
    done(ended.job, Reap(ended));
  }
}

}  // namespace

absl::Status RunJobs(
    size_t count, size_t workers,
    const std::function<absl::Status(size_t)>& job,
    const std::function<void(size_t, const absl::Status&)>& done) {
  std::vector<Worker> running;
  absl::Status first;
  for (size_t next = 0; next < count || !running.empty();) {
    if (next < count && running.size() < workers && first.ok()) {
      first = Start(next++, job, running);
      if (!first.ok()) count = next;
      continue;
    }
    if (running.empty()) break;
    WaitForOne(running, done);
  }
  return first;
}

}  // namespace chestnut::frontend
