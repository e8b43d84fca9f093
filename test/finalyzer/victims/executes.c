// Executes other programs, in the way that its first argument names.
#define _GNU_SOURCE
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

static int Spawn(void) {
  char *arguments[] = {"cat", "/dev/null", NULL};
  char *environment[] = {NULL};
  pid_t child;
  int status;
  if (posix_spawn(&child, "/bin/cat", NULL, NULL, arguments, environment) != 0)
    return 3;
  if (waitpid(child, &status, 0) != child) return 4;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

static int Shell(void) {
  const int status = system("ls -l / > /dev/null");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

static int Pipe(void) {
  char line[100];
  FILE *pipe = popen("uname", "r");
  if (pipe == NULL || fgets(line, sizeof(line), pipe) == NULL) return 5;
  return pclose(pipe);
}

// Puts another program over one's path, for this process alone.
static int Mounted(const char *program, const char *path) {
  if (unshare(CLONE_NEWNS) != 0 ||
      mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
      mount(program, path, NULL, MS_BIND, NULL) != 0) {
    return 6;
  }
  char *arguments[] = {(char *)path, NULL};
  execvp(path, arguments);
  return 7;
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  if (strcmp(argv[1], "system") == 0) return Shell();
  if (strcmp(argv[1], "popen") == 0) return Pipe();
  if (strcmp(argv[1], "spawn") == 0) return Spawn();
  if (strcmp(argv[1], "execl") == 0) execl("/bin/ls", "ls", "/", (char *)NULL);
  if (strcmp(argv[1], "any") == 0 && argc > 2) execvp(argv[2], argv + 2);
  if (strcmp(argv[1], "mounted") == 0 && argc > 3)
    return Mounted(argv[2], argv[3]);
  return 1;
}
