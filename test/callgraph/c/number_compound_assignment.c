// Compound assignment and increment make new values from the old.
// expect-call: getppid
// expect-call: capget
// expect-call: getpgrp
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
int main(int argc, char **argv) {
  long n = 110;
  if (argc > 1) n += 15;
  sys0(n);
  long m = 110;
  m++;
  return sys0(m);
}
