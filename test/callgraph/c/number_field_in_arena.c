// Known gap: a struct laid over an array of integers has unknown numbers.
// expect-incomplete: number_field_in_arena.c
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
struct request {
  long other, number;
};
static long arena[8];
int main(int argc, char **argv) {
  struct request *r = (struct request *)arena;
  if (argc > 1) r->number = 110;
  return sys0(r->number);
}
