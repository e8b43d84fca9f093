// A global's dynamic initialiser belongs to start-up.
// expect-call: getppid
// expect-no-call: chroot
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long first() { return sys0(161); }
static long value = first();
int main() { return sys0(110) + value; }
