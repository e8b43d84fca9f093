// The conditional operator joins its two sides, also with GNU's omitted middle.
// expect-edge: run -> f
// expect-edge: run -> g
// expect-edge: elvis -> f
// expect-edge: elvis -> h
// expect-no-edge: run -> h
static void f(void) {}
static void g(void) {}
static void h(void) {}
static void run(int c) { (c ? f : g)(); }
static void elvis(void (*p)(void)) { (p ?: h)(); }
int main(int argc, char **argv) {
  run(argc);
  elvis(argc ? f : 0);
  return 0;
}
