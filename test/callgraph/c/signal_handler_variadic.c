// The struct goes to the kernel through syscall()'s variable arguments.
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
static long call(long n, ...) {
  __builtin_va_list list;
  __builtin_va_start(list, n);
  long a = __builtin_va_arg(list, long);
  long b = __builtin_va_arg(list, long);
  __builtin_va_end(list);
  return sys3(n, a, b, 0);
}
int main(void) {
  struct ksigaction action = {on_signal, 0};
  return call(13, 10l, &action);
}
