// The same with the address as an immediate operand.
// expect-reachable: f
// expect-call: getppid
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static void f(void) { sys0(110); }
int main(void) {
  __asm__ volatile("call %P0" : : "i"(f) : "memory");
  return 0;
}
