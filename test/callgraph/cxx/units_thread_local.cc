// A thread-local of another unit is initialised by its wrapper at first use.
// expect-call: getppid
// unit: main.cc
extern thread_local long value;
int main() { return value; }
// unit: value.cc
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
thread_local long value = sys0(110);
