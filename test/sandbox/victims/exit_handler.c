/* What runs after main runs under the filter, too. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static void at_exit(void) { syscall(SYS_getpid); }

int main(void) { return atexit(at_exit); }
