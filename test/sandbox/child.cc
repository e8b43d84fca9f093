#include "test/sandbox/child.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "policy/bpf.h"

namespace chestnut::sandbox_test {
namespace {

using policy::Filter;

struct Program {
  uint16_t length;
  const policy::Instruction* instructions;
};

Outcome Wait(pid_t child) {
  Outcome outcome;
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  outcome.exited = WIFEXITED(status);
  if (outcome.exited) {
    outcome.exit_status = WEXITSTATUS(status);
  } else {
    outcome.signal = WTERMSIG(status);
  }
  return outcome;
}

std::string Drain(FILE* file) {
  // By offset, as the child has moved the position that it shares with us.
  std::string text;
  char buffer[4096];
  ssize_t count = 0;
  while ((count = pread(fileno(file), buffer, sizeof(buffer),
                        static_cast<off_t>(text.size()))) > 0) {
    text.append(buffer, static_cast<size_t>(count));
  }
  EXPECT_EQ(count, 0);
  return text;
}

}  // namespace

int64_t RawCall(int64_t number, int64_t a, int64_t b, int64_t c, int64_t d,
                int64_t e, int64_t f) {
  int64_t result;
  register int64_t r10 __asm__("r10") = d;
  register int64_t r8 __asm__("r8") = e;
  register int64_t r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
                     "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

void InstallOrDie(const Filter& filter) {
  const Program program = {static_cast<uint16_t>(filter.size()), filter.data()};
  if (RawCall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1) != 0 ||
      RawCall(SYS_seccomp, 1, 0, reinterpret_cast<int64_t>(&program)) != 0) {
    RawCall(SYS_exit_group, 253);
  }
}

void AnswerInTheKernelsName(int64_t number, unsigned answer) {
  InstallOrDie({{policy::kLoad, 0, 0, policy::kNumberOffset},
                {policy::kJumpEqual, 0, 1, static_cast<uint32_t>(number)},
                {policy::kReturn, 0, 0, answer},
                {policy::kReturn, 0, 0, policy::kReturnAllow}});
}

Outcome RunFiltered(const Filter& filter,
                    const std::function<int64_t()>& body) {
  void* page = mmap(nullptr, sizeof(int64_t), PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  EXPECT_NE(page, MAP_FAILED);
  auto* shared = static_cast<volatile int64_t*>(page);
  pid_t child = fork();
  if (child == 0) {
    InstallOrDie(filter);
    *shared = body();
    RawCall(SYS_exit_group, 0);
  }
  Outcome outcome = Wait(child);
  outcome.result = *shared;
  munmap(page, sizeof(int64_t));
  return outcome;
}

Execution Execute(const std::vector<std::string>& command,
                  const std::function<void()>& prepare) {
  Execution run;
  FILE* output = tmpfile();
  FILE* errors = tmpfile();
  EXPECT_TRUE(output != nullptr && errors != nullptr);
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  pid_t child = fork();
  if (child == 0) {
    dup2(fileno(output), STDOUT_FILENO);
    dup2(fileno(errors), STDERR_FILENO);
    prepare();
    execvp(arguments[0], arguments.data());
    _exit(254);
  }
  run.outcome = Wait(child);
  run.output = Drain(output);
  run.errors = Drain(errors);
  fclose(output);
  fclose(errors);
  return run;
}

}  // namespace chestnut::sandbox_test
