// A pointer that went through assembly may be any function of its type.
// expect-edge: main -> f
static void f(void) {}
int main(void) {
  void (*p)(void) = f;
  __asm__("" : "+r"(p));
  p();
  return 0;
}
