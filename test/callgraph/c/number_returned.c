// A number that another function returns.
// expect-call: getppid
// expect-call: getuid
// expect-no-call: read
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long choose(int n) {
  if (n > 1) return 110;
  return 102;
}
int main(int argc, char **argv) { return sys0(choose(argc)); }
