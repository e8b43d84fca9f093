// Numbers from macros, enumerators, constant variables and sizeof.
// expect-call: getppid
// expect-call: getuid
// expect-call: getgid
// expect-call: getpid
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
#define CALL(name) (BASE + name)
#define BASE 100
#define GETPPID 10
enum { getuid = 102 };
static const long getgid = 104;
static const char bytes[39];
int main(void) {
  sys0(CALL(GETPPID));
  sys0(getuid);
  sys0(sizeof bytes);
  return sys0(getgid);
}
