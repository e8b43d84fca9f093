// A context whose saved program counter is a function's address.
// expect-reachable: f
struct context {
  unsigned long stack, counter;
};
void f(void) {}
int main(void) {
  struct context next = {0};
  next.counter = (unsigned long)f;
  __asm__ volatile("call *8(%0)" : : "r"(&next) : "memory");
  return 0;
}
