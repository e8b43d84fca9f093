// Assembly that calls may look for the function behind a pointer without type.
// expect-reachable: task
struct context {
  long stack;
  void (*entry)(void);
};
static void task(void) {}
static void enter(void *context) {
  __asm__ volatile("call *8(%0)" : : "D"(context) : "memory");
}
int main(void) {
  struct context context = {0, task};
  enter(&context);
  return 0;
}
