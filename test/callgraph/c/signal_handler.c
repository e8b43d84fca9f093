// A handler in a struct that goes to the kernel as an integer will be called.
// expect-reachable: on_signal
// expect-reachable: restorer
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
  void (*restorer)(void);
};
static void on_signal(int n) { sys3(110, 0, 0, 0); }
static void restorer(void) {}
int main(void) {
  struct ksigaction action = {on_signal, 0x04000000, restorer};
  return sys3(13, 10, (long)&action, 0);
}
