// Assembly calls a static function by its name: `used` keeps it for that.
// expect-reachable: hidden
// expect-call: getppid
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static __attribute__((used)) void hidden(void) { sys0(110); }
int main(void) {
  __asm__ volatile("call hidden" : : : "memory");
  return 0;
}
