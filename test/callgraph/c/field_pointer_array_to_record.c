// An array of function pointers used as a record of them.
// expect-edge: main -> f
struct ops {
  void (*open)(void);
  void (*close)(void);
};
static void f(void) {}
static void g(void) {}
static void (*const list[])(void) = {f, g};
int main(void) {
  const struct ops *o = (const struct ops *)list;
  o->open();
  return 0;
}
