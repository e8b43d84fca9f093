// A number that is counted up is unknown, or all that it can be.
// expect-incomplete: number_incremented.c
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
int main(int argc, char **argv) {
  long n = 100;
  while (argc--) n++;
  return sys0(n);
}
