// A number that is a template argument.
// expect-call: getppid
// expect-call: getuid
// expect-no-call: execve
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
template <long N>
long call() {
  return sys0(N);
}
long never_called() { return call<59>(); }
int main() { return call<110>() + call<102>(); }
