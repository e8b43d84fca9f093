// Integers of a struct that is read as another struct are merged, or unknown.
// expect-incomplete: number_prefix_struct.c
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
struct one {
  long number;
};
struct two {
  long value;
};
static void set(struct two *t, long n) { t->value = n; }
int main(int argc, char **argv) {
  struct one o = {110};
  set((struct two *)&o, argv[0][0]);
  return sys0(o.number);
}
