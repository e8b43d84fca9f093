// A table that is written element by element holds those values as well.
// expect-call: getppid
// expect-call: getuid
// expect-no-call: execve
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long numbers[2] = {110, 110};
int main(int argc, char **argv) {
  numbers[argc & 1] = 102;
  return sys0(numbers[0]);
}
