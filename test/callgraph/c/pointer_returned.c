// A function pointer that a function returns reaches the caller.
// expect-edge: main -> f
// expect-edge: main -> g
// expect-no-edge: main -> decoy
static void f(void) {}
static void g(void) {}
static void decoy(void) {}
static void (*other)(void) = decoy;
static void run(void) { other(); }
typedef void (*handler)(void);
static handler pick(int n) {
  if (n) return f;
  return g;
}
int main(int argc, char **argv) {
  pick(argc)();
  run();
  return 0;
}
