// An array of function pointers in a struct is one place: any element counts.
// expect-edge: main -> f
// expect-edge: main -> g
// expect-no-edge: main -> decoy
// expect-edge: run -> decoy
struct stack {
  int depth;
  void (*slots[4])(void);
};
static void f(void) {}
static void g(void) {}
static void decoy(void) {}
static void (*other)(void) = decoy;
static void run(void) { other(); }
int main(int argc, char **argv) {
  struct stack s = {0};
  s.slots[0] = f;
  s.slots[1] = g;
  s.slots[argc & 1]();
  run();
  return 0;
}
