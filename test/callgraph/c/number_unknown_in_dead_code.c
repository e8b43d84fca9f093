// An unknown number in code that nobody reaches is no matter.
// expect-call: getppid
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
long anything(long *p) { return sys0(*p); }
int main(void) { return sys0(110); }
