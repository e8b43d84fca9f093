// Through an integer and back, with a tag bit on the way.
// expect-edge: main -> f
static void f(void) {}
static unsigned long encode(void (*p)(void)) { return (unsigned long)p | 1; }
int main(void) {
  unsigned long tagged = encode(f);
  ((void (*)(void))(tagged & ~1ul))();
  return 0;
}
