// Known gap: structs behind the pointers of what the kernel gets do not count.
// It calls nothing that it finds there; assembly might.
// expect-unreachable: on_signal
static long sys3(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return r;
}
struct inner {
  void (*function)(int);
};
struct outer {
  long size;
  struct inner *inner;
};
static void on_signal(int n) {}
int main(void) {
  struct inner inner = {on_signal};
  struct outer outer = {sizeof outer, &inner};
  return sys3(222, 0, (long)&outer, 0);
}
