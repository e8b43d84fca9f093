// Bit-fields before a function pointer do not move it.
// expect-edge: main -> f
// expect-no-edge: main -> g
struct state {
  unsigned a : 3, b : 5, : 0, c : 1;
  void (*enter)(void);
  void (*leave)(void);
};
static void f(void) {}
static void g(void) {}
static struct state s = {1, 2, 1, f, g};
int main(void) {
  s.enter();
  return 0;
}
