// A handler that start-up gave to the kernel runs after start-up.
// expect-call: getppid
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
static void on_signal(int n) { sys3(110, 0, 0, 0); }
static __attribute__((constructor)) void set_up(void) {
  struct ksigaction action = {on_signal, 0};
  sys3(13, 10, (long)&action, 0);
}
int main(void) { return 0; }
