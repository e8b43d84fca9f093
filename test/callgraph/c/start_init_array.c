// Functions put in .init_array and .fini_array by hand.
// expect-no-call: chroot
// expect-call: getppid
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
typedef void (*hook)(void);
static void set_up(void) { sys0(161); }
static void tear_down(void) { sys0(110); }
__attribute__((section(".init_array"), used)) static hook init = set_up;
__attribute__((section(".fini_array"), used)) static hook fini = tear_down;
int main(void) { return 0; }
