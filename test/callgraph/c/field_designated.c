// Designated initialisers store in the field they name, not by position.
// expect-edge: run -> second
// expect-no-edge: run -> first
struct ops {
  void (*a)(void);
  void (*b)(void);
};
static void first(void) {}
static void second(void) {}
static const struct ops ops = {.b = second, .a = first};
static void run(void) { ops.b(); }
int main(void) {
  run();
  ops.a();
  return 0;
}
