// Comparing a pointer with a function does not call that function.
// expect-edge: run -> f
// expect-no-edge: run -> marker
static void f(void) {}
static void marker(void) {}
static void run(void (*p)(void)) {
  if (p != marker) p();
}
int main(void) {
  run(f);
  return 0;
}
