// Whole structs stored through a pointer, as ring buffers do.
// expect-edge: main -> f
// expect-no-edge: main -> g
struct task {
  void (*run)(void);
  void (*stop)(void);
};
static struct task queue[4];
static void f(void) {}
static void g(void) {}
static void push(struct task *where, struct task what) { *where = what; }
int main(int argc, char **argv) {
  push(&queue[argc & 3], (struct task){f, g});
  queue[0].run();
  return 0;
}
