// Subtraction, division, remainder and shifts of constants.
// expect-call: getppid
// expect-call: getuid
// expect-call: getgid
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long call(long a, long b) { return sys0(a / b - a % b); }
int main(void) {
  sys0((long)(0xffffffffffffff92ul * -1));
  sys0((208 >> 1) & ~7l);
  return call(204, 2);
}
