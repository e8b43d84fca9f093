// A function pointer handed out through a parameter.
// expect-edge: main -> f
static void f(void) {}
static void lookup(int n, void (**out)(void)) { *out = n ? f : 0; }
int main(int argc, char **argv) {
  void (*p)(void) = 0;
  lookup(argc, &p);
  p();
  return 0;
}
