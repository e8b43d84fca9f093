// Arguments out of a constant table's fields; zero is always among them, since
// facts do not say which memory is cleared as a whole.
// expect-arguments: fcntl[1] = 0,1,3
// expect-complete
static long sys3(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory");
  return r;
}
static const struct step {
  const char *name;
  int command;
} steps[] = {{"get", 1}, {"flags", 3}};
int main(void) {
  for (int i = 0; i < 2; i++) sys3(72, 0, steps[i].command, 0);
  return 0;
}
