// Numbers taken one by one from a table with its end marked.
// expect-call: getppid
// expect-call: getuid
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static const int numbers[] = {110, 102, -1};
int main(void) {
  long r = 0;
  for (int i = 0; numbers[i] >= 0; i++) r += sys0(numbers[i]);
  return r;
}
