// Calls inside initialisers of arrays, structs and compound literals.
// expect-edge: main -> f
// expect-edge: main -> g
// expect-edge: main -> h
struct pair {
  int a, b;
};
static int f(void) { return 1; }
static int g(void) { return 2; }
static int h(void) { return 3; }
int main(void) {
  int list[] = {0, f()};
  struct pair p = {.b = g()};
  return list[1] + p.b + (struct pair){h(), 0}.a;
}
