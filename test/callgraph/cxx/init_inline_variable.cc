// Inline variables and static members of templates are initialised at start-up.
// expect-reachable: inline_made
// expect-reachable: template_made
// expect-no-call: chroot
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
extern "C" int inline_made() { return sys0(161); }
extern "C" int template_made() { return sys0(161); }
inline int a = inline_made();
template <typename T>
struct Holder {
  static int value;
};
template <typename T>
int Holder<T>::value = template_made();
int main() { return a + Holder<int>::value; }
