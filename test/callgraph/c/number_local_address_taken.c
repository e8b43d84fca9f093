// Somebody else may write to the local: its value is unknown.
// expect-incomplete: number_local_address_taken.c
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static void choose(long *where, char **argv) { *where = argv[0][0]; }
int main(int argc, char **argv) {
  long n = 110;
  choose(&n, argv);
  return sys0(n);
}
