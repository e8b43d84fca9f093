/* Says that it runs and waits to be ended from the terminal. */
#include <stdio.h>
#include <unistd.h>

int main(void) {
  printf("foreground %d\n", tcgetpgrp(0) == getpgrp());
  fflush(stdout);
  for (;;) pause();
}
