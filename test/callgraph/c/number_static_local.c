// A static local starts as zero too, and keeps its value.
// expect-call: read
// expect-call: getppid
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long next(void) {
  static long number;
  long r = sys0(number);
  number = 110;
  return r;
}
int main(void) { return next() + next(); }
