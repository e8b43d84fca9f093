// A method's parameter counts after `this`.
// expect-call: getppid
// expect-no-call: execve
// expect-arguments: prctl[0] = 4
// expect-complete
static long sys1(long n, long a) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a)
                   : "rcx", "r11", "memory");
  return r;
}
struct Kernel {
  long call(long n, long a) { return sys1(n, a); }
  static long plain(long n) { return sys1(n, 59); }
};
int main() {
  Kernel k;
  return k.call(157, 4) + Kernel::plain(110);
}
