// A global pointer whose address is taken can be changed from anywhere.
// expect-edge: run -> f
// expect-edge: run -> g
static void f(void) {}
static void g(void) {}
static void (*hook)(void) = f;
static void set(void (**where)(void)) { *where = g; }
static void run(void) { hook(); }
int main(void) {
  set(&hook);
  run();
  return 0;
}
