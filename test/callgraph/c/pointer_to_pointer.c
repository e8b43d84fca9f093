// A call through a pointer to a pointer: all live functions of its type.
// expect-edge: main -> f
// expect-no-edge: main -> other_type
// expect-no-edge: main -> not_taken
static void f(void) {}
static void other_type(int n) {}
static void not_taken(void) {}
static void (*keep)(int) = other_type;
static void run(void) { keep(0); }
int main(void) {
  void (*p)(void) = f;
  void (**pp)(void) = &p;
  (*pp)();
  run();
  if (keep) run();
  return 0;
}
