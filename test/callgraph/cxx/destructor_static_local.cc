// A static local is constructed in main's time and destroyed after it.
// expect-call: getppid
// expect-call: getuid
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
struct Value {
  Value() { sys0(102); }
  ~Value() { sys0(110); }
};
Value& instance() {
  static Value value;
  return value;
}
int main() { instance(); }
