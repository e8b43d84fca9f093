// Known gap: what a reference refers to is not followed, so it is unknown.
// expect-incomplete: number_by_reference.cc
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long call(const long& n) { return sys0(n); }
int main() { return call(110); }
