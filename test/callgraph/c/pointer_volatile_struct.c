// Function pointers behind const and volatile qualified structs.
// expect-edge: main -> f
// expect-no-edge: main -> g
struct ops {
  void (*open)(void);
  void (*close)(void);
};
static void f(void) {}
static void g(void) {}
static volatile struct ops ops = {f, g};
int main(void) {
  const volatile struct ops *const p = &ops;
  p->open();
  return 0;
}
