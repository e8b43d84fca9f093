// A constant table indexed by a variable: any of its elements.
// expect-call: getppid
// expect-call: getuid
// expect-no-call: execve
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static const int numbers[] = {110, 102};
int main(int argc, char **argv) { return sys0(numbers[argc & 1]); }
