/* A thread that was there before the filter makes a call that is not allowed.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile int filter_is_on;

static void *call(void *unused) {
  while (!filter_is_on) continue;
  syscall(SYS_getpid);
  _exit(9);
  return unused;
}

__attribute__((constructor)) static void start(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, call, NULL) != 0) _exit(8);
}

int main(void) {
  filter_is_on = 1;
  for (;;) continue;
}
