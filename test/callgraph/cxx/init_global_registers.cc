// What a global's constructor stored can be called after start-up.
// expect-call: getppid
// expect-no-call: chroot
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
static void (*hook)();
static void later() { sys0(110); }
struct Registration {
  explicit Registration(void (*f)()) {
    sys0(161);
    hook = f;
  }
};
static Registration registration(later);
int main() { hook(); }
