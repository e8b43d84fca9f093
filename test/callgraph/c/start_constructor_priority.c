// Constructors run before main whatever their priority; destructors after it.
// expect-no-call: chroot
// expect-no-call: acct
// expect-call: getppid
// expect-call: sync
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
__attribute__((constructor(101))) void early(void) { sys0(161); }
__attribute__((constructor(65000))) void late(void) { sys0(163); }
__attribute__((destructor(101))) void last(void) { sys0(110); }
__attribute__((destructor)) void first(void) { sys0(162); }
int main(void) { return 0; }
