// The struct keeps its handler as an integer, as kernel headers may.
// expect-reachable: on_signal
static long sys3(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return r;
}
struct ksigaction {
  unsigned long handler, flags;
};
static void on_signal(int n) {}
int main(void) {
  struct ksigaction action = {(unsigned long)on_signal, 0};
  return sys3(13, 10, (long)&action, 0);
}
