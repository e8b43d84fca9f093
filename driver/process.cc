#include "driver/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "support/error_pages.h"

extern char** environ;

namespace chestnut::driver {
namespace {

std::vector<char*> Pointers(const std::vector<std::string>& command) {
  std::vector<char*> result;
  result.reserve(command.size() + 1);
  for (const std::string& argument : command) {
    result.push_back(const_cast<char*>(argument.c_str()));
  }
  result.push_back(nullptr);
  return result;
}

absl::Status StartError(const std::string& program, int error) {
  return absl::NotFoundError(
      absl::StrCat("cannot start '", program, "': ", std::strerror(error)));
}

struct Pipe {
  int ends[2] = {-1, -1};

  bool Open() { return pipe2(ends, O_CLOEXEC) == 0; }
  void Close(int end) {
    if (ends[end] >= 0) close(ends[end]);
    ends[end] = -1;
  }
  ~Pipe() {
    Close(0);
    Close(1);
  }
};

// Reads both pipes until their writers are gone.
void Drain(Pipe& out, Pipe& err, ProcessResult& result) {
  std::string* texts[2] = {&result.out, &result.err};
  pollfd polls[2] = {{out.ends[0], POLLIN, 0}, {err.ends[0], POLLIN, 0}};
  char buffer[65536];
  while (polls[0].fd >= 0 || polls[1].fd >= 0) {
    if (poll(polls, 2, -1) < 0 && errno != EINTR) return;
    for (int i = 0; i < 2; ++i) {
      if (polls[i].fd < 0 || polls[i].revents == 0) continue;
      const ssize_t count = read(polls[i].fd, buffer, sizeof(buffer));
      if (count > 0) {
        texts[i]->append(buffer, static_cast<size_t>(count));
      } else if (count == 0 || errno != EINTR) {
        polls[i].fd = -1;
      }
    }
  }
}

int Wait(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

absl::StatusOr<ProcessResult> Run(const std::vector<std::string>& command,
                                  Streams streams, const std::string& folder) {
  ProcessResult result;
  Pipe out;
  Pipe err;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  bool ready = true;
  if (streams != Streams::kInherit) {
    ready = out.Open();
    posix_spawn_file_actions_adddup2(&actions, out.ends[1], STDOUT_FILENO);
  }
  if (streams == Streams::kCapture) {
    ready = ready && err.Open();
    posix_spawn_file_actions_adddup2(&actions, err.ends[1], STDERR_FILENO);
  }
  if (!folder.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  }
  pid_t child = 0;
  const int error =
      ready ? posix_spawnp(&child, command[0].c_str(), &actions, nullptr,
                           Pointers(command).data(), environ)
            : errno;
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return StartError(command[0], error);
  out.Close(1);
  err.Close(1);
  Drain(out, err, result);
  result.exit_code = Wait(child);
  return result;
}

absl::Status Exec(const std::vector<std::string>& command) {
  execvp(command[0].c_str(), Pointers(command).data());
  return StartError(command[0], errno);
}

absl::StatusOr<std::string> FindProgram(const std::string& program) {
  if (program.find('/') != std::string::npos) {
    if (access(program.c_str(), X_OK) == 0) return program;
    return StartError(program, errno);
  }
  const char* path = std::getenv("PATH");
  for (absl::string_view folder :
       absl::StrSplit(path != nullptr ? path : "/usr/bin:/bin", ':')) {
    std::string candidate =
        absl::StrCat(folder.empty() ? "." : folder, "/", program);
    struct stat status;
    if (stat(candidate.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
        access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  return absl::NotFoundError(
      absl::StrCat("'", program, "' is not in PATH; install it"));
}

std::string ProgramFolder() {
  char path[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof(path));
  if (size <= 0) return ".";
  const std::string text(path, static_cast<size_t>(size));
  return text.substr(0, text.rfind('/'));
}

namespace {

void PrintLine(absl::string_view message) {
  const std::string line = absl::StrCat("chestnut: ", message, "\n");
  // Nothing more can be done if stderr is gone.
  [[maybe_unused]] const ssize_t written =
      write(STDERR_FILENO, line.data(), line.size());
}

// Set once, before there are threads.
Verbosity verbosity = Verbosity::kNormal;

}  // namespace

void PrintError(absl::string_view message) {
  PrintLine(support::WithErrorName(message));
}

void SetVerbosity(Verbosity wanted) { verbosity = wanted; }
Verbosity GetVerbosity() { return verbosity; }

void PrintNote(absl::string_view message) {
  if (verbosity != Verbosity::kQuiet) PrintLine(message);
}

void PrintDetail(absl::string_view message) {
  if (verbosity == Verbosity::kVerbose) PrintLine(message);
}

}  // namespace chestnut::driver
