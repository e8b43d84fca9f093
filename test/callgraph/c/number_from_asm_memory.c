// Assembly that clobbers memory may write to what it was given the address of.
// expect-incomplete: number_from_asm_memory.c
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static long number = 110;
int main(void) {
  __asm__ volatile("movq $59, (%0)" : : "r"(&number) : "memory");
  return sys0(number);
}
