// Both sides of a condition, and nothing else.
// expect-call: getppid
// expect-call: getuid
// expect-no-call: read
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
int main(int argc, char **argv) {
  sys0(argc > 1 ? 110 : 102);
  return 0;
}
