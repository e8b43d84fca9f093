// An int that looks negative is compared in the 32 bits that the kernel reads.
// expect-arguments: ioctl[1] = 2147767344
static long sys3(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return r;
}
static long control(int fd, int request, void *p) {
  return sys3(16, fd, request, (long)p);
}
int main(void) {
  int n;
  return control(0, (int)0x80045430u, &n);
}
