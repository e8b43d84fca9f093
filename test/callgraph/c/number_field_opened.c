// A field whose address is taken could be written as anything.
// expect-incomplete: number_field_opened.c
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
struct request {
  long number;
};
static void fill(long *where, char **argv) { *where = argv[0][0]; }
int main(int argc, char **argv) {
  struct request r = {110};
  fill(&r.number, argv);
  return sys0(r.number);
}
