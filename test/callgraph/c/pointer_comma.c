// A comma expression yields its right side; the left side still runs.
// expect-edge: main -> f
// expect-edge: main -> step
// expect-no-edge: main -> g
static void f(void) {}
static void g(void) {}
static void step(void) {}
static void (*keep)(void) = g;
static void run(void) { keep(); }
int main(void) {
  void (*p)(void) = (step(), f);
  p();
  run();
  return 0;
}
