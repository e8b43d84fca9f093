// Prints how many nanoseconds a system call takes, the cheapest that the vDSO
// does not answer.
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Fewer where each is expensive.
#ifndef CALLS
#define CALLS 3000000
#endif
enum { kCalls = CALLS };

static double Now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

int main(void) {
  const double begin = Now();
  for (int i = 0; i < kCalls; ++i) syscall(SYS_getppid);
  printf("%.3f\n", (Now() - begin) / kCalls);
  return 0;
}
