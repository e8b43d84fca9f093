// Elements that the initialiser leaves out are zero, and zero is read.
// expect-call: read
// expect-call: getppid
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static const int numbers[4] = {[1] = 110};
int main(int argc, char **argv) { return sys0(numbers[argc & 3]); }
