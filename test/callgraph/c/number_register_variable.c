// The number in a variable bound to its register.
// expect-call: getppid
// expect-complete
static long call(long n) {
  register long rax __asm__("rax") = n;
  __asm__ volatile("syscall" : "+r"(rax) : : "rcx", "r11", "memory");
  return rax;
}
int main(void) { return call(110); }
