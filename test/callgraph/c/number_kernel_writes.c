// The kernel may write to a struct that it was given as an integer.
// expect-incomplete: number_kernel_writes.c
static long sys3(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return r;
}
struct request {
  long number;
};
int main(void) {
  struct request r = {110};
  sys3(0, 0, (long)&r, sizeof r);
  return sys3(r.number, 0, 0, 0);
}
