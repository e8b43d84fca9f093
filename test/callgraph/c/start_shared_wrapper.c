// Start-up's numbers stay start-up's, though main uses the same wrapper.
// expect-call: getppid
// expect-no-call: chroot
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long call(long n) { return sys0(n); }
static __attribute__((constructor)) void set_up(void) { call(161); }
int main(void) { return call(110); }
