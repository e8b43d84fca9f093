// A number that comes from outside is unknown.
// expect-incomplete: number_from_input.c
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
int main(int argc, char **argv) { return sys0(argc); }
