// A function that both a constructor and main call counts for both.
// expect-call: getppid
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static void both(void) { sys0(110); }
static __attribute__((constructor)) void set_up(void) { both(); }
int main(void) {
  both();
  return 0;
}
