// The number's operand names the output's register by its index or name.
// expect-call: getppid
// expect-call: getuid
// expect-complete
static long by_index(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "0"(n) : "rcx", "r11", "memory");
  return r;
}
static long by_name(long n) {
  long r;
  __asm__ volatile("syscall"
                   : [result] "=a"(r)
                   : "[result]"(n)
                   : "rcx", "r11", "memory");
  return r;
}
int main(void) { return by_index(110) + by_name(102); }
