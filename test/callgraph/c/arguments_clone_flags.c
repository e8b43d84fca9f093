// The flags of clone from a constant expression of names.
// expect-arguments: clone[0] = 17
static long sys3(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return r;
}
enum { SIGCHLD = 17 };
static long fork_like(void) { return sys3(56, SIGCHLD, 0, 0); }
int main(void) { return fork_like(); }
