// &f, *f, **f and f are the same function.
// expect-edge: main -> f
// expect-edge: main -> g
static void f(void) {}
static void g(void) {}
int main(void) {
  void (*p)(void) = &f;
  (**p)();
  (***&g)();
  return 0;
}
