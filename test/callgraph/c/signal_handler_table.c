// The handler comes from a table through a wrapper, as in libc's signal().
// expect-reachable: on_signal
// expect-unreachable: unused
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
void unused(int n) {}
static void set(int n, void (*handler)(int)) {
  struct ksigaction action = {.handler = handler};
  sys3(13, n, (long)&action, 0);
}
static const struct {
  int number;
  void (*handler)(int);
} handlers[] = {{10, on_signal}, {12, 0}};
int main(void) {
  for (int i = 0; i < 2; i++) set(handlers[i].number, handlers[i].handler);
  return 0;
}
