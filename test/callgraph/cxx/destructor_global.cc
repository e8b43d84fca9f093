// A global object's destructor runs after main; its constructor before.
// expect-call: getppid
// expect-no-call: chroot
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
struct Value {
  Value() { sys0(161); }
  ~Value() { sys0(110); }
};
static Value value;
int main() {}
