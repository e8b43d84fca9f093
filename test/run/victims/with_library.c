/* Says what the library received before and in main; with an argument, makes
 * that system call. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern volatile int main_runs, thread_is_ready, received[8], count;
extern volatile int sent, storm_is_over;

int main(int argc, char **argv) {
  const int before = count;
  sigset_t all;
  main_runs = 1;
  sigfillset(&all);
  sigprocmask(SIG_UNBLOCK, &all, NULL);
  if (sent > 0) {
    while (!storm_is_over || count != sent) continue;
    return 44;
  }
  printf("%d then %d:", before, count);
  for (int i = 0; i < 4; ++i) printf(" %d", received[i]);
  printf("\n");
  fflush(stdout);
  /* Its thread ends the process. */
  while (thread_is_ready) continue;
  if (argc > 1) syscall(strtol(argv[1], NULL, 0));
  return 0;
}
