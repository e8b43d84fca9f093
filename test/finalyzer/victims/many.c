/* `many THREADS CALLS`: each thread makes that many calls that the policy lacks
 * (getppid), while children are forked and signals arrive. Prints how many were
 * answered rightly. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static atomic_long answered;
static long calls;

static void on_alarm(int signal) { (void)signal; }

static void *make_calls(void *unused) {
  const long parent = getppid();
  for (long i = 1; i < calls; ++i) {
    if (syscall(SYS_getppid) == parent) atomic_fetch_add(&answered, 1);
  }
  if (parent > 0) atomic_fetch_add(&answered, 1);
  return unused;
}

int main(int argc, char **argv) {
  const int count = argc > 2 ? atoi(argv[1]) : 0;
  const struct itimerval often = {{0, 1000}, {0, 1000}};
  const struct sigaction action = {.sa_handler = on_alarm,
                                   .sa_flags = SA_RESTART};
  pthread_t threads[64];
  if (count < 1 || count > 64) return 2;
  calls = atol(argv[2]);
  /* A call that is interrupted before the supervisor has it is made again;
     without SA_RESTART the kernel would let it fail with EINTR. */
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &often, NULL);
  for (int i = 0; i < count; ++i) {
    pthread_create(&threads[i], NULL, make_calls, NULL);
  }
  for (int i = 0; i < 10; ++i) {
    const pid_t child = fork();
    int status = 0;
    if (child == 0) {
      syscall(SYS_getppid);
      raise(SIGKILL);
    }
    while (waitpid(child, &status, 0) < 0) {
    }
  }
  for (int i = 0; i < count; ++i) pthread_join(threads[i], NULL);
  printf("%ld\n", answered);
  return 0;
}
