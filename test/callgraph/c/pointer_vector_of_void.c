// An array of void* as a generic container of callbacks.
// expect-edge: main -> f
// expect-no-edge: main -> never_stored
static int f(int n) { return n; }
static void never_stored(void) {}
static void (*keep)(void) = never_stored;
static void run(void) { keep(); }
static void *vector[8];
int main(void) {
  vector[0] = (void *)f;
  int (*p)(int) = (int (*)(int))vector[0];
  run();
  return p(1);
}
