// __builtin_choose_expr keeps one side only.
// expect-edge: main -> f
// expect-unreachable: g
static void f(void) {}
void g(void) {}
int main(void) {
  __builtin_choose_expr(1, f, g)();
  return 0;
}
