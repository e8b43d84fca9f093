// Taking an alias's address takes that of the body.
// expect-reachable: leaf
// expect-call: getppid
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static void leaf(void) { sys0(110); }
void real(void) { leaf(); }
void other(void) __attribute__((alias("real")));
static void (*hook)(void) = other;
int main(void) {
  hook();
  return 0;
}
