// By way of void* a record is used as another with the same beginning.
// expect-edge: main -> f
struct one {
  long id;
  void (*call)(void);
};
struct two {
  long number;
  void (*action)(void);
  long more;
};
static void f(void) {}
static void *hide(struct one *o) { return o; }
int main(void) {
  struct one o = {1, f};
  struct two *t = hide(&o);
  t->action();
  return 0;
}
