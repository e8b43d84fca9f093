// A record's address kept in an integer and turned back.
// expect-edge: main -> f
// expect-no-edge: main -> g
struct ops {
  void (*open)(void);
  void (*close)(void);
};
static void f(void) {}
static void g(void) {}
int main(void) {
  struct ops o = {f, g};
  unsigned long handle = (unsigned long)&o;
  ((struct ops *)handle)->open();
  return 0;
}
