// A va_list handed on to a function that takes the pointer out.
// expect-edge: take -> f
typedef void (*hook)(void);
static void f(void) {}
static void take(__builtin_va_list *list) { __builtin_va_arg(*list, hook)(); }
static void run(int n, ...) {
  __builtin_va_list list;
  __builtin_va_start(list, n);
  take(&list);
  __builtin_va_end(list);
}
int main(void) {
  run(1, f);
  return 0;
}
