// One caller with an unknown value lifts the constraint.
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
  return sys3(10, 0, 4096, 1) + sys3(10, 0, 4096, argc);
}
