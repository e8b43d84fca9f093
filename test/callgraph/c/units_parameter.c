// A callback handed to a function of another unit.
// expect-edge: apply -> f
// expect-no-edge: apply -> g
// unit: main.c
void apply(void (*p)(void));
static void f(void) {}
static void g(void) {}
static void (*keep)(void) = g;
int main(void) {
  apply(f);
  keep();
  return 0;
}
// unit: library.c
void apply(void (*p)(void)) { p(); }
