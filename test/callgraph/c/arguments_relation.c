// Each call path keeps its number with its own arguments.
// expect-arguments: prctl[0] = 4,38
// expect-arguments: ioctl[1] = 21505
// expect-complete
static long sys3(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return r;
}
static long any(long n, long a, long b) { return sys3(n, a, b, 0); }
int main(void) {
  any(157, 4, 0);
  any(157, 38, 1);
  return any(16, 0, 0x5401);
}
