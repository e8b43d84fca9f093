// A struct that is cleared as a whole has zero in the field, and zero is read.
// expect-call: read
// expect-call: getppid
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
struct request {
  long other, number;
};
int main(int argc, char **argv) {
  struct request r;
  __builtin_memset(&r, 0, sizeof r);
  if (argc > 1) r.number = 110;
  return sys0(r.number);
}
