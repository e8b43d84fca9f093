// What only a constructor calls is no call of the running program.
// expect-reachable: set_up
// expect-no-call: chroot
// expect-call: getppid
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static __attribute__((constructor)) void set_up(void) { sys0(161); }
int main(void) { return sys0(110); }
