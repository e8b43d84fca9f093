// Known gap: what is counted on in place is unknown, loop or not.
// expect-incomplete: number_compound_assignment.c
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
int main(int argc, char **argv) {
  long n = 110;
  if (argc > 1) n += 15;
  return sys0(n);
}
