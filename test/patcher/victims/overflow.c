/* Reads a line into a buffer that is too small for what may come, and greets.
 * Whoever writes the line writes the stack, too. */
#include <unistd.h>

/* Its new value's bytes, read as code, are int $0x80 and ret. */
volatile unsigned colour;

static void __attribute__((noinline)) greet(void) {
  char name[64];
  const ssize_t count = read(0, name, 4096);
  colour = 0x00c380cd;
  if (count > 0) write(1, "hello\n", 6);
}

int main(void) {
  greet();
  return 0;
}
