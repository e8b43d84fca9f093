// A wrapper called through a pointer: the numbers at that call.
// expect-call: getppid
// expect-no-call: execve
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long wrapper(long n) { return sys0(n); }
static long (*hook)(long) = wrapper;
int main(void) { return hook(110); }
