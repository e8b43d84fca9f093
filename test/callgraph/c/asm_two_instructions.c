// Two system call instructions in one statement: the second number is unknown.
// expect-incomplete: asm_two_instructions.c
int main(void) {
  long r;
  __asm__ volatile(
      "syscall\n\t"
      "mov %%rdx, %%rax\n\t"
      "syscall"
      : "=a"(r)
      : "a"(110l), "d"(102l)
      : "rcx", "r11", "memory");
  return r;
}
