// A number read through a pointer to a local is the local's, or unknown.
// expect-incomplete: number_pointer_to_local.c
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long run(const long *p) { return sys0(*p); }
int main(void) {
  long n = 110;
  return run(&n);
}
