// A struct that goes by void* before it becomes the kernel's integer.
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
  void (*handler)(int);
  unsigned long flags;
};
static void on_signal(int n) {}
static long set(int n, const void *action) {
  return sys3(13, n, (long)action, 0);
}
int main(void) {
  struct ksigaction action = {on_signal, 0};
  return set(10, &action);
}
