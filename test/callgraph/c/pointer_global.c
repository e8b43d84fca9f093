// A global pointer holds its initialiser and every assignment.
// expect-edge: run -> f
// expect-edge: run -> g
// expect-no-edge: run -> decoy
static void f(void) {}
static void g(void) {}
static void decoy(void) {}
void (*hook)(void) = f;
static void (*other)(void) = decoy;
static void run(void) { hook(); }
int main(int argc, char **argv) {
  if (argc > 1) hook = g;
  run();
  other();
  return 0;
}
