// A number in a struct field: all that is ever stored in it.
// expect-call: getppid
// expect-call: getuid
// expect-no-call: execve
// expect-complete
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
struct request {
  long other;
  int number;
};
static long run(const struct request *r) { return sys0(r->number); }
int main(void) {
  struct request a = {59, 110}, b = {.number = 102};
  return run(&a) + run(&b);
}
