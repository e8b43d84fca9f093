// A constructor in a unit that nothing else refers to.
// expect-reachable: set_up
// expect-edge: main -> handler
// expect-no-call: chroot
// unit: main.c
void (*hook)(void);
int main(void) {
  if (hook) hook();
  return 0;
}
// unit: plugin.c
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
extern void (*hook)(void);
static void handler(void) {}
static __attribute__((constructor)) void set_up(void) {
  hook = handler;
  sys0(161);
}
