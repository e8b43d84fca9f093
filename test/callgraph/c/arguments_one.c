// The only caller's constant.
// expect-arguments: mprotect[2] = 1
// expect-complete
static long sys3(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return r;
}
int main(void) { return sys3(10, 0, 4096, 1); }
