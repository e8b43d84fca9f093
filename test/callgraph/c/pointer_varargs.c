// A function pointer passed through `...` and taken out with va_arg.
// expect-edge: run -> f
// expect-no-edge: run -> other_type
static void f(void) {}
static int other_type(int n) { return n; }
static int (*keep)(int) = other_type;
static void run(int count, ...) {
  __builtin_va_list list;
  __builtin_va_start(list, count);
  while (count--) __builtin_va_arg(list, void (*)(void))();
  __builtin_va_end(list);
}
int main(void) {
  run(1, f);
  return keep(0);
}
