// A number from a scoped enumeration by static_cast.
// expect-call: getppid
// expect-call: getuid
// expect-no-call: execve
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
enum class Call : int { getppid = 110, getuid = 102, execve = 59 };
static long run(Call c) { return sys0(static_cast<long>(c)); }
int main(int argc, char**) {
  return run(argc > 1 ? Call::getppid : Call::getuid);
}
