// A number that a lambda captures.
// expect-call: getppid
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
int main() {
  long n = 110;
  auto call = [n] { return sys0(n); };
  return call();
}
