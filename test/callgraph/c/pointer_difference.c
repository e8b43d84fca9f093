// A function reached by its distance from another.
// expect-edge: main -> g
static void f(void) {}
static void g(void) {}
int main(void) {
  long distance = (char *)g - (char *)f;
  ((void (*)(void))((char *)f + distance))();
  return 0;
}
