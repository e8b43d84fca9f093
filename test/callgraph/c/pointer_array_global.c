// A constant table indexed by a variable: any element, nothing else.
// expect-edge: main -> f
// expect-edge: main -> g
// expect-no-edge: main -> decoy
// expect-edge: run -> decoy
static void f(void) {}
static void g(void) {}
static void decoy(void) {}
static void (*const table[])(void) = {f, [3] = g};
static void (*other)(void) = decoy;
static void run(void) { other(); }
int main(int argc, char **argv) {
  table[argc & 3]();
  run();
  return 0;
}
