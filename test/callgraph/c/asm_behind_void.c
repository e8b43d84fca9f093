// Assembly that calls nothing leaves what lies behind its operands alone.
// expect-unreachable: task
struct context {
  long stack;
  void (*entry)(void);
};
static void task(void) {}
static void touch(void *context) {
  __asm__ volatile("prefetcht0 (%0)" : : "r"(context));
}
int main(void) {
  struct context context = {0, task};
  touch(&context);
  return 0;
}
