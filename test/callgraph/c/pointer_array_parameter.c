// A table passed as an argument and indexed by the callee.
// expect-edge: run -> f
// expect-edge: run -> g
static void f(void) {}
static void g(void) {}
static void run(void (*const list[])(void), int n) { list[n](); }
int main(int argc, char **argv) {
  void (*const mine[])(void) = {f, g};
  run(mine, argc & 1);
  return 0;
}
