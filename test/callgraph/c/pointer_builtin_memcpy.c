// Copying the bytes of a function pointer copies the function.
// expect-edge: main -> f
static void f(void) {}
int main(void) {
  void (*p)(void) = f, (*q)(void) = 0;
  __builtin_memcpy(&q, &p, sizeof q);
  q();
  return 0;
}
