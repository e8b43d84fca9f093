// The kernel calls nothing that it finds in what read(2) is given.
// expect-unreachable: on_signal
static long sys3(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return r;
}
struct action {
  void (*handler)(int);
  unsigned long flags;
};
static void on_signal(int n) {}
static long fill(int file, void *buffer, long size) {
  return sys3(0, file, (long)buffer, size);
}
int main(void) {
  struct action action = {on_signal, 0};
  return fill(0, &action, sizeof action);
}
