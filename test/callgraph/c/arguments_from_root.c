// What main gets is unknown, whatever it is compared with.
// expect-unconstrained: prctl[0]
// expect-complete
static long sys2(long n, long a, long b) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b)
                   : "rcx", "r11", "memory");
  return r;
}
int main(int argc, char **argv) { return sys2(157, argc, 0); }
