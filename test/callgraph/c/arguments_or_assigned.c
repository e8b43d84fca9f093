// `|=` on a local adds a value for each value it had.
// expect-arguments: mprotect[2] = 1,3
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
  if (argc > 1) prot |= 2;
  return sys3(10, 0, 4096, prot);
}
