// A cleanup function calls through the variable that it is given.
// expect-edge: undo -> f
// expect-no-edge: undo -> g
struct guard {
  void (*action)(void);
  void (*other)(void);
};
static void f(void) {}
static void g(void) {}
static void undo(struct guard *p) { p->action(); }
int main(void) {
  __attribute__((cleanup(undo))) struct guard guard = {f, g};
  return 0;
}
