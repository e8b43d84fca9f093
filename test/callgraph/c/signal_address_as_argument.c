// A function's address that the kernel gets as a plain integer.
// expect-reachable: on_signal
static long sys2(long n, long a, long b) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b)
                   : "rcx", "r11", "memory");
  return r;
}
static void on_signal(int n) {}
int main(void) { return sys2(13, 10, (long)on_signal); }
