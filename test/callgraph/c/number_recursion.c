// A wrapper that calls itself with another number ends with both.
// expect-call: getppid
// expect-call: getuid
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long retry(long n) {
  long r = sys0(n);
  return r < 0 && n != 102 ? retry(102) : r;
}
int main(void) { return retry(110); }
