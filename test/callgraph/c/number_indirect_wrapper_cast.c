// The wrapper is called through a type with fewer parameters: unknown number.
// expect-incomplete: number_indirect_wrapper_cast.c
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long wrapper(long n) { return sys0(n); }
int main(void) {
  long (*p)(void) = (long (*)(void))wrapper;
  return p();
}
