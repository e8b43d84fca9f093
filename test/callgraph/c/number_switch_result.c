// A switch on the number before the call takes nothing away from it.
// expect-call: getuid
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long call(long n) {
  switch (n) {
    case 110:
      return 0;
    default:
      return sys0(n);
  }
}
int main(void) { return call(110) + call(102); }
