// A signed char is negative above 127: 200 plus 95 is 39, not 295.
// expect-call: getpid
// expect-no-call: preadv
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long call(long n) { return sys0((signed char)n + 95); }
int main(void) { return call(200); }
