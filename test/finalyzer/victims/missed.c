/* Makes one call that its policy lacks (getppid, 110), in the way its first
 * argument names; ends with 0 if the call was answered rightly, 1 if not. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t answer = -1;

static int missed(void) { return (int)syscall(SYS_getppid) > 0; }

static void *in_thread(void *unused) {
  answer = missed();
  return unused;
}

static void in_handler(int signal) {
  (void)signal;
  answer = missed();
}

static int wait_for(pid_t child) {
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return 0;
  return WEXITSTATUS(status) == 1;
}

static int forked(void) {
  const pid_t child = fork();
  if (child == 0) _exit(missed());
  return wait_for(child);
}

static int executed(char *self) {
  const pid_t child = fork();
  if (child == 0) {
    execl(self, self, "child", (char *)NULL);
    _exit(9);
  }
  return wait_for(child);
}

static int vforked(char *self) {
  const pid_t child = vfork();
  if (child == 0) {
    syscall(SYS_getppid);
    execl(self, self, "status 1", (char *)NULL);
    _exit(9);
  }
  return wait_for(child);
}

/* In 32-bit code getppid is 64. */
static int by_int80(void) {
  int result = 64;
  __asm__ volatile("int $0x80" : "+a"(result) : : "memory");
  return result > 0;
}

/* A kernel without x32 answers ENOSYS: asked or not, nobody dies of it. */
static int by_x32(void) {
  const long result = syscall(SYS_getppid | 0x40000000);
  return result > 0 || errno == ENOSYS;
}

int main(int argc, char **argv) {
  const char *how = argc > 1 ? argv[1] : "";
  if (strcmp(how, "main") == 0) return !missed();
  if (strcmp(how, "child") == 0) return missed();
  if (strcmp(how, "status 1") == 0) return 1;
  if (strcmp(how, "nothing") == 0) return 0;
  if (strcmp(how, "thread") == 0) {
    pthread_t thread;
    pthread_create(&thread, NULL, in_thread, NULL);
    pthread_join(thread, NULL);
    return answer != 1;
  }
  if (strcmp(how, "handler") == 0) {
    signal(SIGUSR1, in_handler);
    raise(SIGUSR1);
    return answer != 1;
  }
  if (strcmp(how, "fork") == 0) return !forked();
  if (strcmp(how, "exec") == 0) return !executed(argv[0]);
  if (strcmp(how, "vfork") == 0) return !vforked(argv[0]);
  if (strcmp(how, "int80") == 0) return !by_int80();
  if (strcmp(how, "x32") == 0) return !by_x32();
  if (strcmp(how, "errno") == 0) { /* says what the call gave */
    errno = 0;
    const long result = syscall(SYS_getppid);
    printf("%d %d\n", result > 0, errno);
    return 0;
  }
  return 2;
}
