// A call through `f()` matches by the number of arguments.
// expect-edge: main -> one
// expect-no-edge: main -> three
static int one(int a) { return a; }
static int three(int a, int b, int c) { return a + b + c; }
static int (*keep)(int, int, int) = three;
static int run(void) { return keep(1, 2, 3); }
int main(void) {
  int (*p)() = one;
  return p(4) + run();
}
