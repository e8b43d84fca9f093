// A struct that travels as void* could be written as anything.
// expect-incomplete: number_field_through_void.c
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
struct request {
  long number;
};
static void fill(void *where, char **argv) { *(char *)where = argv[0][0]; }
int main(int argc, char **argv) {
  struct request r = {110};
  fill(&r, argv);
  return sys0(r.number);
}
