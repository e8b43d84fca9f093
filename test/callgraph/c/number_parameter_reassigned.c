// A parameter that the wrapper changes: what came, and what it became.
// expect-call: getppid
// expect-call: getuid
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long call(long n, int fallback) {
  if (fallback) n = 102;
  return sys0(n);
}
int main(int argc, char **argv) { return call(110, argc > 1); }
