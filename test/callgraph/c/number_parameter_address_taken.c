// A parameter whose address goes elsewhere is unknown.
// expect-incomplete: number_parameter_address_taken.c
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static void change(long *n) { *n = *n / 2; }
static long call(long n) {
  change(&n);
  return sys0(n);
}
int main(void) { return call(220); }
