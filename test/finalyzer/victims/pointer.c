/* Why no decision may rest on what a pointer points to: one thread asks to open
 * "/dev/null", another changes the name meanwhile. The first opens until it
 * gets what the changed name names, and says so. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile char name[] = "/dev/null";
static volatile int stop;

static void set(const char *end) {
  for (int i = 0; end[i] != '\0'; ++i) name[5 + i] = end[i];
}

static void *change(void *unused) {
  while (!stop) {
    set("zero");
    set("null");
  }
  return unused;
}

int main(void) {
  pthread_t thread;
  int other = 0;
  pthread_create(&thread, NULL, change, NULL);
  while (!other) {
    char byte;
    int file;
    /* The name is right when the call is made. */
    if (strcmp((const char *)name, "/dev/null") != 0) continue;
    file = (int)syscall(SYS_open, name, O_RDONLY);
    if (file < 0) continue;
    other = read(file, &byte, 1) == 1;
    close(file);
  }
  stop = 1;
  pthread_join(thread, NULL);
  puts("another file was opened");
  return 0;
}
