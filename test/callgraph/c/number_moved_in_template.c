// The number is moved into its register by the template: constant, or unknown.
// expect-incomplete: number_moved_in_template.c
int main(int argc, char **argv) {
  long r;
  __asm__ volatile("mov %1, %%rax\n\tsyscall"
                   : "=&a"(r)
                   : "r"((long)argc)
                   : "rcx", "r11", "memory");
  return r;
}
