// A wrapper in one unit, its numbers in another.
// expect-call: getppid
// expect-call: getuid
// expect-no-call: execve
// expect-complete
// unit: main.c
long call(long n);
int main(void) { return call(110) + call(102); }
// unit: library.c
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
long call(long n) { return sys0(n); }
long shell(void) { return call(59); }
