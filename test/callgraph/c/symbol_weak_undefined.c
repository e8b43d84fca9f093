// An undefined weak function is null: no edge, and nothing unknown.
// expect-unreachable: missing
// expect-call: getppid
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
extern void missing(void) __attribute__((weak));
int main(void) {
  if (missing) missing();
  return sys0(110);
}
