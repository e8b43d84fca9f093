// A statement expression's last value is the pointer.
// expect-edge: main -> f
// expect-edge: main -> g
// expect-no-edge: main -> decoy
static void f(void) {}
static void g(void) {}
static void decoy(void) {}
static void (*keep)(void) = decoy;
static void run(void) { keep(); }
int main(int argc, char **argv) {
  ({
    void (*p)(void) = f;
    if (argc > 1) p = g;
    p;
  })();
  run();
  return 0;
}
