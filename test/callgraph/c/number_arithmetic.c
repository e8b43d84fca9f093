// Constants that meet in operators make constants.
// expect-call: getppid
// expect-call: getuid
// expect-no-call: execve
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long call(long base, int shift) { return sys0((base << shift) | 2); }
int main(void) {
  call(25, 2);
  return call(27, 2) + 0;
}
