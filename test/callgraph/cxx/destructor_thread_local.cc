// A thread-local object is constructed at its first use, destroyed at the end.
// expect-call: getppid
// expect-call: getuid
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
extern "C" {
static void (*destroy)(void*);
int __cxa_thread_atexit(void (*f)(void*), void*, void*) {
  destroy = f;
  return 0;
}
void exit(int) {
  destroy(nullptr);
  __builtin_trap();
}
}
struct Value {
  int n = 0;
  Value() { sys0(102); }
  ~Value() { sys0(110); }
};
thread_local Value value;
int main() { return value.n; }
