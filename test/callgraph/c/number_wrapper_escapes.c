// The wrapper is given to code without types: any number is possible.
// expect-incomplete: number_wrapper_escapes.c
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long wrapper(long n) { return sys0(n); }
int main(void) {
  __asm__ volatile("call *%0" : : "r"(wrapper) : "memory");
  return wrapper(110);
}
