// A local that gets its value on each branch.
// expect-call: getppid
// expect-call: getuid
// expect-call: getgid
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
int main(int argc, char **argv) {
  long n;
  switch (argc) {
    case 1:
      n = 110;
      break;
    case 2:
      n = 102;
      break;
    default:
      n = 104;
  }
  return sys0(n);
}
