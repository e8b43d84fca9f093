// A function that returns a function that returns a function.
// expect-edge: main -> outer
// expect-edge: main -> inner
// expect-edge: main -> leaf
typedef void (*level0)(void);
typedef level0 (*level1)(void);
static void leaf(void) {}
static level0 inner(void) { return leaf; }
static level1 outer(void) { return inner; }
int main(void) {
  outer()()();
  return 0;
}
