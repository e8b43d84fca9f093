// A number in a global that another unit defines and a third one changes.
// expect-call: getppid
// expect-call: getuid
// expect-no-call: read
// expect-complete
// unit: main.c
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
extern long number;
void change(void);
int main(int argc, char **argv) {
  if (argc > 1) change();
  return sys0(number);
}
// unit: data.c
long number = 110;
// unit: change.c
extern long number;
void change(void) { number = 102; }
