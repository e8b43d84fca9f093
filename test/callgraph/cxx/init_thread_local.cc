// A thread-local's initialiser runs at its first use in each thread.
// expect-call: getppid
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long first() { return sys0(110); }
static thread_local long value = first();
int main() { return value; }
