/* A library whose constructor does before the entry point what the environment
 * variable BEFORE names. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

volatile int main_runs;
volatile int thread_is_ready;
volatile int received[8];
volatile int count;
static char **arguments;

static void receive(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)context;
  received[count++ % 8] = info->si_value.sival_int;
}

/* Signals to the main thread until it runs main: some come while it is made to
 * put its filter on. */
volatile int sent;
volatile int storm_is_over;
static pthread_t main_thread;

static void *storm(void *unused) {
  const union sigval value = {.sival_int = 1};
  while (!main_runs || sent == 0) {
    if (pthread_sigqueue(main_thread, SIGRTMIN, value) == 0) ++sent;
    /* By `sent` main knows that there is a storm. */
    thread_is_ready = sent > 0;
    /* Not so many that it never gets on. */
    while (count < sent - 3 && !main_runs) sched_yield();
  }
  storm_is_over = 1;
  return unused;
}

static void trap(int signal) { received[count++ % 8] = signal; }

static void *call_when_main_runs(void *unused) {
  thread_is_ready = 1;
  while (!main_runs) continue;
  syscall(SYS_getpid);
  _exit(9);
  return unused;
}

static void *execute(void *unused) {
  setenv("BEFORE", "nothing", 1);
  execv("/proc/self/exe", arguments);
  _exit(8);
  return unused;
}

static void *diverge(void *unused) {
  static const struct {
    unsigned short code;
    unsigned char jump_true, jump_false;
    unsigned k;
  } allow_all = {6, 0, 0, 0x7fff0000};
  const struct {
    unsigned short length;
    const void *instructions;
  } program = {1, &allow_all};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      syscall(SYS_seccomp, 1, 0, &program) != 0) {
    _exit(7);
  }
  thread_is_ready = 1;
  for (;;) pause();
  return unused;
}

static void start(void *(*function)(void *)) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, function, NULL) != 0) _exit(6);
  while (!thread_is_ready) sched_yield();
}

static void send(int signal, int value) {
  const union sigval content = {.sival_int = value};
  if (sigqueue(getpid(), signal, content) != 0) _exit(5);
}

/* One signal that comes at once, several that stay pending. */
static void send_signals(void) {
  const struct sigaction action = {.sa_sigaction = receive,
                                   .sa_flags = SA_SIGINFO};
  sigset_t blocked;
  sigaction(SIGRTMIN, &action, NULL);
  sigaction(SIGRTMIN + 1, &action, NULL);
  send(SIGRTMIN, 11);
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGRTMIN + 1);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  send(SIGRTMIN + 1, 22);
  send(SIGRTMIN + 1, 33);
}

static void begin_storm(void) {
  const struct sigaction action = {.sa_sigaction = receive,
                                   .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(SIGRTMIN, &action, NULL);
  main_thread = pthread_self();
  start(storm);
}

static void trap_ourselves(void) {
  signal(SIGTRAP, trap);
  __asm__ volatile("int3");
  raise(SIGTRAP);
}

static void kill_tracer(void) {
  char text[4096];
  const int file = open("/proc/self/status", O_RDONLY);
  const ssize_t length = read(file, text, sizeof(text) - 1);
  close(file);
  text[length < 0 ? 0 : length] = '\0';
  const char *line = strstr(text, "TracerPid:");
  const int tracer = line == NULL ? 0 : atoi(line + strlen("TracerPid:"));
  if (tracer == 0) _exit(4);
  kill(tracer, SIGKILL);
  for (;;) pause();
}

static void fork_and_go_on(void) {
  const pid_t child = fork();
  int status = 0;
  if (child == 0) return; /* to the entry point, where nobody waits for it */
  waitpid(child, &status, 0);
  received[0] = WIFSIGNALED(status) ? WTERMSIG(status) : -1;
}

__attribute__((constructor)) static void before(int argc, char **argv) {
  const char *what = getenv("BEFORE");
  (void)argc;
  arguments = argv;
  if (what == NULL || strcmp(what, "nothing") == 0) return;
  if (strcmp(what, "thread") == 0) start(call_when_main_runs);
  if (strcmp(what, "diverging") == 0) start(diverge);
  if (strcmp(what, "end") == 0) exit(33);
  if (strcmp(what, "die") == 0) abort();
  if (strcmp(what, "signals") == 0) send_signals();
  if (strcmp(what, "storm") == 0) begin_storm();
  if (strcmp(what, "trap") == 0) trap_ourselves();
  if (strcmp(what, "stop") == 0) raise(SIGSTOP);
  if (strcmp(what, "kill tracer") == 0) kill_tracer();
  if (strcmp(what, "fork") == 0) fork_and_go_on();
  if (strcmp(what, "execute") == 0) execute(NULL);
  if (strcmp(what, "execute in thread") == 0) {
    thread_is_ready = 1;
    start(execute);
    for (;;) pause();
  }
}
