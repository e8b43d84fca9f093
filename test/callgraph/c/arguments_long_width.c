// The kernel reads all 64 bits of mprotect's protection.
// expect-arguments: mprotect[2] = 4294967297
static long sys3(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return r;
}
int main(void) { return sys3(10, 0, 4096, 0x100000001l); }
