// A conversion to a narrow type drops the high bits.
// expect-call: getppid
// expect-no-call: execve
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long call(long n) { return sys0((unsigned char)n); }
int main(void) { return call(0x100 + 110); }
