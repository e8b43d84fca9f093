// The address of an ifunc is that of what its resolver returns.
// expect-reachable: fast
// expect-call: getppid
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long fast(void) { return sys0(110); }
static long (*resolve(void))(void) { return fast; }
long work(void) __attribute__((ifunc("resolve")));
static long (*hook)(void) = work;
int main(void) { return hook(); }
