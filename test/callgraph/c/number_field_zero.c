// A field that an initialiser leaves out is zero, and zero is read.
// expect-call: read
// expect-call: getppid
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
struct request {
  long other;
  long number;
};
static struct request pending = {1};
int main(int argc, char **argv) {
  if (argc > 1) pending.number = 110;
  return sys0(pending.number);
}
