// int $0x80 takes the numbers of 32-bit programs: 20 is not writev.
// expect-no-call: writev
// expect-incomplete: number_int80.c
int main(void) {
  long r;
  __asm__ volatile("int $0x80" : "=a"(r) : "a"(20l) : "memory");
  return r;
}
