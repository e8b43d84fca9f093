// A local that is assigned several times holds all of its values.
// expect-call: getppid
// expect-call: getuid
// expect-no-call: read
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
int main(int argc, char **argv) {
  long n = 110;
  if (argc > 1) n = 102;
  return sys0(n);
}
