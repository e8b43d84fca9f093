// Children and signals. Nothing is executed: what is gets the filter, too, and
// has other calls.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

extern char** environ;

static void Report(const char* what, int status) {
  if (WIFSIGNALED(status))
    printf("%s: signal %d\n", what, WTERMSIG(status));
  else
    printf("%s: status %d\n", what, WEXITSTATUS(status));
  fflush(stdout);
}

static int Cloned(void* argument) { return *(int*)argument; }

static void AtFork(void) { write(1, "at fork\n", 8); }

static void Children(void) {
  int status = 0;
  pthread_atfork(AtFork, NULL, NULL);
  pid_t child = fork();
  if (child == 0) exit(getppid() > 0 ? 3 : 4);
  waitpid(child, &status, 0);
  Report("fork", status);
  child = fork();
  if (child == 0) abort();
  wait4(child, &status, 0, NULL);
  Report("abort", status);
  child = vfork();
  if (child == 0) _exit(5);
  wait(&status);
  Report("vfork", status);
  static char stack[1 << 16];
  int number = 6;
  child = clone(Cloned, stack + sizeof stack, SIGCHLD, &number);
  waitpid(child, &status, 0);
  Report("clone", status);
  child = fork();
  if (child == 0)
    for (;;) pause();
  kill(child, SIGTERM);
  siginfo_t info;
  printf("waitid %d", waitid(P_PID, (id_t)child, &info, WEXITED));
  printf(" %d\n", info.si_status);
  fflush(stdout);
}

static void Executions(void) {
  char* arguments[] = {"nothing", NULL};
  pid_t child;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 5, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, 5, 6);
  posix_spawn_file_actions_addclose(&actions, 5);
  printf("spawn %d\n", posix_spawn(&child, "/nowhere/nothing", &actions, NULL,
                                   arguments, environ));
  printf("spawnp %d\n", posix_spawnp(&child, "no such program", NULL, NULL,
                                     arguments, environ));
  printf("execv %d", execv("/nowhere/nothing", arguments));
  printf(" %d\n", errno);
  fflush(stdout);
}

static volatile sig_atomic_t count;
static sigjmp_buf back;

static void OnSignal(int number, siginfo_t* info, void* context) {
  (void)context;
  if (number == SIGSEGV) siglongjmp(back, info->si_code > 0);
  ++count;
}

static ucontext_t first, second;

static void Other(void) {
  puts("other context");
  swapcontext(&second, &first);
}

static void Signals(void) {
  struct sigaction action = {.sa_sigaction = OnSignal,
                             .sa_flags = SA_SIGINFO | SA_ONSTACK};
  static char stack[1 << 16];
  const stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternative, NULL);
  sigaction(SIGUSR1, &action, NULL);
  sigaction(SIGSEGV, &action, NULL);
  raise(SIGUSR1);
  kill(getpid(), SIGUSR1);
  sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 1});
  printf("signals %d\n", count);
  if (sigsetjmp(back, 1) == 0) *(volatile int*)8 = 0;
  puts("survived");
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  sigprocmask(SIG_BLOCK, &set, NULL);
  raise(SIGUSR2);
  int number = 0;
  printf("wait %d", sigwait(&set, &number));
  const struct timespec none = {0, 0};
  printf(" %d %d", number, sigtimedwait(&set, NULL, &none));
  const int file = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  raise(SIGUSR2);
  struct signalfd_siginfo read_info;
  printf(" %zd", read(file, &read_info, sizeof read_info));
  sigset_t pending;
  printf(" %d\n", sigpending(&pending));
  static char other_stack[1 << 16];
  getcontext(&second);
  second.uc_stack.ss_sp = other_stack;
  second.uc_stack.ss_size = sizeof other_stack;
  makecontext(&second, Other, 0);
  swapcontext(&first, &second);
}

int main(void) {
  Children();
  Executions();
  Signals();
  printf("name %d group %d session %d\n", prctl(PR_SET_NAME, "children"),
         getpgid(0) > 0, getsid(0) >= 0);
  fflush(stdout);
  abort();
}
