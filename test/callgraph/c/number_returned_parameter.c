// A number that goes through an identity function.
// expect-call: getppid
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long same(long n) { return n; }
int main(void) { return sys0(same(110)); }
