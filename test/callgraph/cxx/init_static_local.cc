// A static local's initialiser runs when control first passes it.
// expect-call: getppid
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long first() { return sys0(110); }
static long get() {
  static long value = first();
  return value;
}
int main() { return get(); }
