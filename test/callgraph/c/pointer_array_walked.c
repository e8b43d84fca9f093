// A table walked by a pointer to its elements.
// expect-edge: main -> f
// expect-edge: main -> g
static void f(void) {}
static void g(void) {}
static void (*const table[])(void) = {f, g, 0};
int main(void) {
  for (void (*const *p)(void) = table; *p; p++) (*p)();
  return 0;
}
