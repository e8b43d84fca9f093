// A static local is constructed in main's time and destroyed after it.
// expect-call: getppid
// expect-call: getuid
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
extern "C" {
static void (*destroy)(void*);
int __cxa_atexit(void (*f)(void*), void*, void*) {
  destroy = f;
  return 0;
}
void exit(int) {
  destroy(nullptr);
  __builtin_trap();
}
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
