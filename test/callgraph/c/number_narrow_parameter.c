// Known gap: nor are parameters narrower than an int.
// expect-incomplete: number_narrow_parameter.c
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long call(unsigned char n) { return sys0(n); }
int main(void) { return call(110); }
