// A global variable: its initialiser and what it is set to.
// expect-call: getppid
// expect-call: getuid
// expect-no-call: read
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long number = 110;
int main(int argc, char **argv) {
  if (argc > 1) number = 102;
  return sys0(number);
}
