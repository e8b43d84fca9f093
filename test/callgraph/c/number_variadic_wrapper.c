// libc's syscall(): the number is a parameter, the arguments come by va_arg.
// expect-call: prctl
// expect-unconstrained: prctl[0]
// expect-complete
static long sys1(long n, long a) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a)
                   : "rcx", "r11", "memory");
  return r;
}
static long call(long n, ...) {
  __builtin_va_list list;
  __builtin_va_start(list, n);
  long a = __builtin_va_arg(list, long);
  __builtin_va_end(list);
  return sys1(n, a);
}
int main(void) { return call(157, 4); }
