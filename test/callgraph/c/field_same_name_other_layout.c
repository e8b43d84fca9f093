// Two records of the same name but other layout are different records.
// expect-edge: one -> f
// expect-no-edge: one -> g
// expect-edge: two -> g
// expect-no-edge: two -> f
static void f(void) {}
static void g(void) {}
static void one(void) {
  struct dict {
    void (*hash)(void);
  };
  static const struct dict d = {f};
  d.hash();
}
static void two(void) {
  struct dict {
    long size;
    void (*hash)(void);
  };
  static const struct dict d = {1, g};
  d.hash();
}
int main(void) {
  one();
  two();
  return 0;
}
