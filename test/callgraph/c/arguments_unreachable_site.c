// A site that nobody reaches neither widens nor lifts the constraint.
// expect-arguments: mprotect[2] = 1
static long sys3(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return r;
}
long make_executable(void *p) { return sys3(10, (long)p, 4096, 7); }
long protect(void *p, long prot) { return sys3(10, (long)p, 4096, prot); }
int main(void) { return sys3(10, 0, 4096, 1); }
