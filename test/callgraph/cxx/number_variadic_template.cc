// Arguments forwarded by a pack keep their places.
// expect-arguments: prctl[0] = 4
// expect-arguments: socket[0] = 2
// expect-arguments: socket[1] = 1
// expect-complete
static long sys3(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return r;
}
template <typename... T>
long call(long n, T... values) {
  return sys3(n, values...);
}
int main() { return call(157, 4, 0, 0) + call(41, 2, 1, 6); }
