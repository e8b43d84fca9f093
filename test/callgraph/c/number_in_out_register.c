// The accumulator as one operand, in and out.
// expect-call: getppid
// expect-complete
static long call(long n) {
  __asm__ volatile("syscall" : "+a"(n) : : "rcx", "r11", "memory");
  return n;
}
int main(void) { return call(110); }
