// A number that is put together from bytes in a union is unknown.
// expect-incomplete: number_union_bytes.c
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
union word {
  unsigned char bytes[8];
  long number;
};
int main(int argc, char **argv) {
  union word w = {.number = 110};
  w.bytes[0] = argv[0][0];
  return sys0(w.number);
}
