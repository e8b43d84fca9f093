// What a constructor stored away can be called after start-up.
// expect-call: getppid
// expect-no-call: chroot
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static void (*at_exit)(void);
static void goodbye(void) { sys0(110); }
static __attribute__((constructor)) void set_up(void) {
  sys0(161);
  at_exit = goodbye;
}
int main(void) {
  at_exit();
  return 0;
}
