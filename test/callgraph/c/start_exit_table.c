// Handlers registered at start-up in a table that the end of main walks.
// expect-call: getppid
// expect-no-call: chroot
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static void (*table[8])(void);
static int count;
static void on_exit_call(void (*f)(void)) { table[count++] = f; }
static void goodbye(void) { sys0(110); }
static __attribute__((constructor)) void set_up(void) {
  on_exit_call(goodbye);
  sys0(161);
}
int main(void) {
  while (count) table[--count]();
  return 0;
}
