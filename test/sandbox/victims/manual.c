/* Puts the filter on by hand, after a call that the policy does not have. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/chestnut.h"

int main(int argc, char **argv) {
  (void)argv;
  if (syscall(SYS_getpid) <= 0) return 1;
  chestnut_install();
  if (argc > 1) syscall(SYS_getpid);
  return 0;
}
