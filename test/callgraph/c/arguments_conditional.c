// Flags that are put together step by step.
// expect-arguments: mprotect[2] = 1,3,5,7
static long sys3(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return r;
}
int main(int argc, char **argv) {
  return sys3(10, 0, 4096, 1 | (argc > 1 ? 2 : 0) | (argc > 2 ? 4 : 0));
}
