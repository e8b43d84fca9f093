// The cast stands in the call expression itself.
// expect-edge: main -> f
static int f(int *p) { return *p; }
static void *saved = (void *)f;
int main(void) {
  int n = 0;
  return ((int (*)(void *))saved)(&n);
}
