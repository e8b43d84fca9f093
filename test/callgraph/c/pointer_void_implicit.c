// C converts between void* and function pointers with no cast in sight.
// expect-edge: main -> f
static void f(void) {}
static void *slot;
int main(void) {
  void (*p)(void);
  slot = f;
  p = slot;
  p();
  return 0;
}
