// A function cast to another type is called through that type.
// expect-edge: main -> f
// expect-no-edge: main -> g
static int f(int *a) { return *a; }
static int g(const char *a) { return *a; }
static int (*keep)(const char *) = g;
static int run(void) { return keep("g"); }
int main(void) {
  int n = 0;
  int (*p)(void *) = (int (*)(void *))f;
  return p(&n) + run();
}
