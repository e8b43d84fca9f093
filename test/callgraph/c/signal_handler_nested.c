// The handler stands in a struct inside the struct that the kernel gets.
// expect-reachable: on_signal
static long sys3(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return r;
}
struct event {
  int number;
  union {
    int id;
    struct {
      void (*function)(int);
      void *attribute;
    } thread;
  } how;
};
static void on_signal(int n) {}
int main(void) {
  struct event event = {10};
  event.how.thread.function = on_signal;
  return sys3(222, 0, (long)&event, 0);
}
