// Code that only a computed goto reaches.
// expect-edge: main -> f
static void f(void) {}
int main(int argc, char **argv) {
  static const void *const labels[] = {&&stop, &&go};
  goto *labels[argc & 1];
go:
  f();
stop:
  return 0;
}
