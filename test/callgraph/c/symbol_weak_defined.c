// A weak definition counts as long as no strong one takes its place.
// expect-edge: main -> f
static void leaf(void) {}
__attribute__((weak)) void f(void) { leaf(); }
int main(void) {
  f();
  return 0;
}
