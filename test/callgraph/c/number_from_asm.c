// A number that assembly computed is unknown.
// expect-incomplete: number_from_asm.c
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
int main(void) {
  long n = 110;
  __asm__("bswap %0" : "+r"(n));
  return sys0(n);
}
