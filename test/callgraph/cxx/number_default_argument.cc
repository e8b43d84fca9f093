// A number that is a default argument.
// expect-call: getppid
// expect-call: getuid
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long call(long n = 110) { return sys0(n); }
int main() { return call() + call(102); }
