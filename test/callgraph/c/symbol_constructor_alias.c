// An alias of a constructor, called by hand as well.
// expect-call: getppid
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
__attribute__((constructor)) void set_up(void) { sys0(110); }
void again(void) __attribute__((alias("set_up")));
int main(void) {
  again();
  return 0;
}
