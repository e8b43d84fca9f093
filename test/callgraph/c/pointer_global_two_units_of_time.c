// A hook that main replaces: both are candidates wherever it is called.
// expect-edge: before -> f
// expect-edge: before -> g
// expect-edge: after -> g
static void f(void) {}
static void g(void) {}
static void (*hook)(void) = f;
static void before(void) { hook(); }
static void after(void) { hook(); }
int main(void) {
  before();
  hook = g;
  after();
  return 0;
}
