// A number that start-up stored is used after it.
// expect-call: getppid
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long number = 39;
static __attribute__((constructor)) void set_up(void) { number = 110; }
int main(void) { return sys0(number); }
