// A caller without prototype passes fewer arguments than the body takes.
// expect-call: getppid
// expect-unconstrained: prctl[0]
// unit: main.c
long control();
long plain();
int main(void) { return control() + plain(110); }
// unit: library.c
static long sys1(long n, long a) {
  long r;
  __asm__ volatile("syscall"
                   : "=a"(r)
                   : "a"(n), "D"(a)
                   : "rcx", "r11", "memory");
  return r;
}
long control(int option) { return sys1(157, option); }
long plain(int n) { return sys1(n, 0); }
