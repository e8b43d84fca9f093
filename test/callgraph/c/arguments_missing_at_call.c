// A call by a type with fewer arguments leaves the rest unknown.
// expect-unconstrained: prctl[0]
static long sys2(long n, long a, long b) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b)
                   : "rcx", "r11", "memory");
  return r;
}
static long control(int option) { return sys2(157, option, 0); }
int main(void) {
  control(15);
  return ((long (*)(void))control)();
}
