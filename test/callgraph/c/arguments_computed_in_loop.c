// A value that a loop computes without bound is not constrained.
// expect-call: mprotect
// expect-unconstrained: mprotect[2]
// expect-complete
static long sys3(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return r;
}
int main(int argc, char **argv) {
  long prot = 1;
  while (argc--) prot = prot * 5 + 1;
  return sys3(10, 0, 4096, prot);
}
