// Fields of an anonymous struct member are reached through the outer one.
// expect-edge: main -> f
// expect-edge: other -> g
// expect-no-edge: main -> g
struct box {
  int tag;
  struct {
    void (*call)(void);
    void (*quit)(void);
  };
};
static void f(void) {}
static void g(void) {}
static void other(struct box *b) { b->quit(); }
int main(void) {
  struct box b = {.call = f, .quit = g};
  b.call();
  other(&b);
  return 0;
}
