// The wrapper's parameter order differs from the kernel's.
// expect-arguments: socket[0] = 1,2
// expect-arguments: socket[1] = 1
// expect-complete
static long sys3(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return r;
}
static long make(int type, int domain, int protocol) {
  return sys3(41, domain, type, protocol);
}
int main(void) { return make(1, 2, 6) + make(1, 1, 0); }
