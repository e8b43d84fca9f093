/* A thread with a filter of its own: the kernel cannot bring the filter of the
 * others to it. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct instruction {
  unsigned short code;
  unsigned char jump_true, jump_false;
  unsigned k;
};

static volatile int has_filter;

static void *diverge(void *unused) {
  static const struct instruction allow_all = {6, 0, 0, 0x7fff0000};
  const struct {
    unsigned short length;
    const struct instruction *instructions;
  } program = {1, &allow_all};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      syscall(SYS_seccomp, 1, 0, &program) != 0) {
    _exit(7);
  }
  has_filter = 1;
  for (;;) continue;
  return unused;
}

__attribute__((constructor)) static void start(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, diverge, NULL) != 0) _exit(8);
  while (!has_filter) continue;
}

int main(void) { return 0; }
