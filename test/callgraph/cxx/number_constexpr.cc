// Numbers that constant expressions compute.
// expect-call: getppid
// expect-call: getuid
// expect-no-call: execve
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
constexpr long twice(long n) { return n * 2; }
consteval long minus(long n) { return n - 8; }
constexpr long getppid = twice(55);
int main() { return sys0(getppid) + sys0(minus(110)); }
