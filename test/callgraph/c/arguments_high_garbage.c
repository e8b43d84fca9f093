// Above an int argument's 32 bits there may be anything; the kernel ignores it.
// expect-arguments: fcntl[1] = 3
static long sys2(long n, long a, long b) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b)
                   : "rcx", "r11", "memory");
  return r;
}
int main(void) { return sys2(72, 0, 0x7f00000003l); }
