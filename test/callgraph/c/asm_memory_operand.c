// Assembly that is given a struct by memory operand may call its pointers.
// expect-reachable: f
struct frame {
  long flags;
  void (*resume)(void);
};
static void f(void) {}
int main(void) {
  struct frame frame = {0, f};
  __asm__ volatile("call *8+%0" : : "m"(frame) : "memory");
  return 0;
}
