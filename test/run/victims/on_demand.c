/* Says that it runs, then makes the system call argv[1] when standard input
 * says so. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
  char c;
  if (argc < 2 || write(1, "r", 1) != 1 || read(0, &c, 1) != 1) return 1;
  syscall(strtol(argv[1], NULL, 0));
  return 0;
}
