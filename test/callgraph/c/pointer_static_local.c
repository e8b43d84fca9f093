// A static local pointer lives on between calls.
// expect-edge: step -> first
// expect-edge: step -> second
static void first(void) {}
static void second(void) {}
static void step(void) {
  static void (*next)(void) = first;
  next();
  next = second;
}
int main(void) {
  step();
  step();
  return 0;
}
