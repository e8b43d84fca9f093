// start BLOCKS STARTS PROGRAM...: starts the programs in turn, in BLOCKS blocks
// of STARTS starts of each; prints a line a block with the mean nanoseconds of
// each program, from spawn to reaped.
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

extern char** environ;

static double Now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double Start(char* program, const posix_spawn_file_actions_t* actions) {
  char* arguments[] = {program, NULL};
  pid_t child;
  int status = 0;
  const double begin = Now();
  if (posix_spawn(&child, program, actions, NULL, arguments, environ) != 0 ||
      waitpid(child, &status, 0) != child || status != 0) {
    fprintf(stderr, "start: %s failed (status %d)\n", program, status);
    exit(1);
  }
  return Now() - begin;
}

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const int blocks = atoi(argv[1]), starts = atoi(argv[2]), programs = argc - 3;
  double* sums = calloc((size_t)programs, sizeof *sums);
  posix_spawn_file_actions_t actions;
  if (sums == NULL || posix_spawn_file_actions_init(&actions) != 0 ||
      posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0) !=
          0) {
    return 1;
  }
  for (int block = 0; block < blocks; ++block) {
    for (int i = 0; i < programs; ++i) sums[i] = 0;
    for (int start = 0; start < starts; ++start) {
      for (int i = 0; i < programs; ++i)
        sums[i] += Start(argv[3 + i], &actions);
    }
    for (int i = 0; i < programs; ++i)
      printf("%.0f%c", sums[i] / starts, i + 1 < programs ? ' ' : '\n');
  }
  free(sums);
  return 0;
}
