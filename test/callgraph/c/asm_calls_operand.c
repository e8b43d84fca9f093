// Inline assembly that is given a function's address may call it.
// expect-reachable: f
// expect-call: getppid
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static void f(void) { sys0(110); }
int main(void) {
  void (*p)(void) = f;
  __asm__ volatile("call *%0" : : "r"(p) : "memory");
  return 0;
}
