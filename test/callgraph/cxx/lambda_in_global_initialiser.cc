// A lambda that initialises a global runs at start-up only.
// expect-no-call: chroot
// expect-call: getppid
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static const long value = [] {
  long r = sys0(161);
  return r;
}();
int main() { return sys0(110) + value; }
