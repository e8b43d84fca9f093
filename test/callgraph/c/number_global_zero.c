// A global without initialiser starts as zero, and zero is read.
// expect-call: read
// expect-call: getppid
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long number;
int main(int argc, char **argv) {
  if (argc > 1) number = 110;
  return sys0(number);
}
