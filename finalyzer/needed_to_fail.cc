#include <vector>

#include "finalyzer/refine.h"

// Read off glibc 2.36 (stdlib/abort.c, sysdeps/posix/libc_fatal.c,
// nptl/pthread_kill.c, debug/fortify_fail.c, assert/assert.c, misc/error.c) and
// musl 1.2.3 (src/exit/abort.c, src/exit/assert.c): a run without an error
// shows none of them.
namespace chestnut::finalyzer {

const std::vector<NeededToFail>& CallsNeededToFail() {
  static const auto* const kCalls = new std::vector<NeededToFail>{
      {"write", "messages of abort, assert and fortify are written with it"},
      {"writev", "glibc writes the message of a fatal error with it"},
      {"mmap", "glibc keeps the message of a fatal error, and malloc grows"},
      {"munmap", "malloc gives back, and an old message of abort goes"},
      {"brk", "malloc grows when an error is formatted"},
      {"futex", "abort and exit take locks that another thread may hold"},
      {"rt_sigprocmask", "abort and raise block signals"},
      {"rt_sigaction", "abort sets SIGABRT back to its default"},
      {"rt_sigreturn", "a signal handler returns through it"},
      {"getpid", "raise sends the signal to the own process"},
      {"gettid", "raise sends the signal to the own thread"},
      {"tgkill", "abort and raise send the signal with it"},
      {"tkill", "musl's abort and raise send the signal with it"},
      {"exit", "a thread ends with it"},
      {"exit_group", "the program ends with it"},
      {"restart_syscall", "the kernel resumes an interrupted call with it"},
      {"close", "whatever is opened in a failure is closed"},
      {"lseek", "exit sets back what was read ahead of standard input"},
      {"fstat", "the first write to a stream looks at its file"},
      {"newfstatat", "the first write to a stream looks at its file"},
      {"ioctl", "the first write to a stream asks whether it is a terminal"},
      {"clock_gettime", "made where the vDSO cannot answer"},
      {"gettimeofday", "made where the vDSO cannot answer"},
      {"time", "made where the vDSO cannot answer"},
      {"getcpu", "made where the vDSO cannot answer"},
      {"clock_getres", "made where the vDSO cannot answer"},
      {"mprotect", "malloc's arenas of threads grow with it"},
      {"madvise", "a thread's stack is given back when it ends"},
  };
  return *kCalls;
}

}  // namespace chestnut::finalyzer
