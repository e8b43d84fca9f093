// `a.x = b.x = f` stores in both.
// expect-edge: main -> f
// expect-edge: other -> f
// expect-no-edge: main -> g
struct a {
  void (*x)(void);
  void (*y)(void);
};
struct b {
  long pad;
  void (*x)(void);
};
static void f(void) {}
static void g(void) {}
static void other(struct b *b) { b->x(); }
int main(void) {
  struct a a;
  struct b b;
  a.y = g;
  a.x = b.x = f;
  a.x();
  other(&b);
  return 0;
}
