// A struct in memory from an allocator has its fields like any other.
// expect-edge: main -> f
// expect-no-edge: main -> g
struct ops {
  void (*open)(void);
  void (*close)(void);
};
static char arena[64];
static void *allocate(unsigned long size) { return arena; }
static void f(void) {}
static void g(void) {}
int main(void) {
  struct ops *o = allocate(sizeof *o);
  o->open = f;
  o->close = g;
  o->open();
  return 0;
}
