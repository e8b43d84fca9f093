// A record's address passed through `...`.
// expect-edge: run -> f
struct ops {
  void (*open)(void);
};
static void f(void) {}
static void run(int n, ...) {
  __builtin_va_list list;
  __builtin_va_start(list, n);
  __builtin_va_arg(list, struct ops *)->open();
  __builtin_va_end(list);
}
int main(void) {
  struct ops o = {f};
  run(1, &o);
  return 0;
}
