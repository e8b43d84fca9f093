// Numbers climb through wrappers of wrappers to whoever knows them.
// expect-call: getppid
// expect-call: getuid
// expect-no-call: execve
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long middle(int flags, long n) { return sys0(n); }
static long outer(long n) { return middle(0, n); }
int main(void) { return outer(110) + middle(1, 102); }
