// A naked function's number is what its callers left in the register: unknown.
// expect-incomplete: asm_naked_function.c
__attribute__((naked)) static void enter(void) { __asm__("syscall\n\tret"); }
int main(void) {
  enter();
  return 0;
}
