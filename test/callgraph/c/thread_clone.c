// A new thread starts in a function that only assembly calls.
// expect-reachable: worker
// expect-call: getppid
// expect-call: clone
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static int worker(void *p) { return sys0(110); }
static long start(int (*f)(void *), void *stack, long flags, void *p) {
  long r;
  __asm__ volatile(
      "syscall\n\ttest %%eax,%%eax\n\tjnz 1f\n\tmov %5,%%rdi\n\tcall *%4\n1:"
      : "=a"(r)
      : "0"(56l), "D"(flags), "S"(stack), "r"(f), "r"(p)
      : "rcx", "r11", "memory");
  return r;
}
static char stack[4096];
int main(void) { return start(worker, stack + 4096, 0x100, 0); }
