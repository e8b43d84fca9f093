// A parameter holds what the callers pass; other callees' arguments do not mix.
// expect-edge: apply -> f
// expect-no-edge: apply -> g
// expect-edge: twice -> g
// expect-no-edge: twice -> f
static void f(void) {}
static void g(void) {}
static void apply(void (*p)(void)) { p(); }
static void twice(void (*p)(void)) {
  p();
  p();
}
int main(void) {
  apply(f);
  twice(g);
  return 0;
}
