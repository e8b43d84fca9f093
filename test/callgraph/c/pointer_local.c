// A local pointer calls what was assigned to it and nothing else.
// expect-edge: run -> f
// expect-edge: run -> g
// expect-no-edge: run -> decoy
static void f(void) {}
static void g(void) {}
static void decoy(void) {}
static void (*other)(void) = decoy;
static void run(int c) {
  void (*p)(void) = f;
  if (c) p = g;
  p();
}
int main(int argc, char **argv) {
  run(argc);
  other();
  return 0;
}
