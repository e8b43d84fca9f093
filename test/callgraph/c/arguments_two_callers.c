// The values of all callers together.
// expect-arguments: mprotect[2] = 1,3
static long sys3(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return r;
}
static long protect(void *p, int prot) { return sys3(10, (long)p, 4096, prot); }
int main(int argc, char **argv) { return protect(argv, 1) + protect(0, 1 | 2); }
