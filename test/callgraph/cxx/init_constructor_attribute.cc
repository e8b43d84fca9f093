// The constructor attribute on a function and on a static member function.
// expect-no-call: chroot
// expect-reachable: free_made
// expect-reachable: member_made
static long sys0(long n) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n) : "rcx", "r11", "memory");
  return r;
}
extern "C" void free_made() { sys0(161); }
extern "C" void member_made() { sys0(161); }
__attribute__((constructor)) static void set_up() { free_made(); }
struct Value {
  __attribute__((constructor)) static void set_up() { member_made(); }
};
int main() {}
