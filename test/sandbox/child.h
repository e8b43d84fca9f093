#ifndef CHESTNUT_TEST_SANDBOX_CHILD_H_
#define CHESTNUT_TEST_SANDBOX_CHILD_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "policy/bpf.h"

// Children under real filters of the running kernel.
namespace chestnut::sandbox_test {

// A system call by its registers, all 64 bits of each; returns rax.
int64_t RawCall(int64_t number, int64_t a = 0, int64_t b = 0, int64_t c = 0,
                int64_t d = 0, int64_t e = 0, int64_t f = 0);

// How a child ended.
struct Outcome {
  bool exited = false;
  int exit_status = -1;  // if exited
  int signal = 0;        // if not
  int64_t result = 0;    // what a function left in its shared word
};

// Forks; the child sets no_new_privs, installs the filter and runs `body`,
// which may only make raw calls. The filter must allow exit_group.
Outcome RunFiltered(const policy::Filter& filter,
                    const std::function<int64_t()>& body);

struct Execution {
  Outcome outcome;
  std::string output;  // standard output
  std::string errors;  // standard error
};

// Forks; the child runs `prepare` (which may install filters), then executes
// `command`. A child that cannot execute exits with 254.
Execution Execute(
    const std::vector<std::string>& command,
    const std::function<void()>& prepare = [] {});

// For `prepare`: a filter that answers call `number` with `answer` (a seccomp
// return value) and allows all else; ends the process with 253 if that fails.
void AnswerInTheKernelsName(int64_t number, unsigned answer);
void InstallOrDie(const policy::Filter& filter);

}  // namespace chestnut::sandbox_test

#endif  // CHESTNUT_TEST_SANDBOX_CHILD_H_
