// A number passed to a wrapper through a pointer to a member.
// expect-call: getppid
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
struct Kernel {
  long call(long n) { return sys0(n); }
};
int main() {
  Kernel k;
  long (Kernel::*m)(long) = &Kernel::call;
  return (k.*m)(110);
}
