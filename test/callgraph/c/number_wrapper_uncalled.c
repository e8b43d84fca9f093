// A wrapper's caller that nobody calls adds no number.
// expect-call: getppid
// expect-no-call: execve
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
long run_shell(void) { return sys0(59); }
int main(void) { return sys0(110); }
