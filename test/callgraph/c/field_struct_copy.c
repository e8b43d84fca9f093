// Assigning a struct copies its fields; they stay the same places.
// expect-edge: main -> f
// expect-no-edge: main -> g
struct pair {
  void (*first)(void);
  void (*second)(void);
};
static void f(void) {}
static void g(void) {}
static const struct pair defaults = {f, g};
int main(void) {
  struct pair mine;
  mine = defaults;
  mine.first();
  return 0;
}
