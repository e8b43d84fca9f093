// Two wrappers over one instruction keep their callers' numbers apart.
// expect-arguments: prctl[0] = 4
// expect-arguments: fcntl[1] = 2
// expect-complete
static long sys2(long n, long a, long b) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b)
                   : "rcx", "r11", "memory");
  return r;
}
static long one(long n, long a) { return sys2(n, a, 0); }
static long two(long n, long b) { return sys2(n, 0, b); }
int main(void) { return one(157, 4) + two(72, 2); }
