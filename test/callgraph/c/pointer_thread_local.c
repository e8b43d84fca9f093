// A thread-local function pointer is a global one in every thread.
// expect-edge: run -> f
// expect-edge: run -> g
static void f(void) {}
static void g(void) {}
static _Thread_local void (*hook)(void) = f;
static void run(void) { hook(); }
int main(int argc, char **argv) {
  if (argc > 1) hook = g;
  run();
  return 0;
}
