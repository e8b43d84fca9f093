// What only start-up passes is no value of the running program's.
// expect-arguments: mprotect[2] = 1
static long sys3(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return r;
}
static __attribute__((constructor)) void relocate(void) {
  sys3(10, 0, 4096, 3);
}
int main(void) { return sys3(10, 0, 4096, 1); }
