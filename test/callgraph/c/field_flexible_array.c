// A flexible array member of function pointers.
// expect-edge: main -> f
struct list {
  int count;
  void (*calls[])(void);
};
static void f(void) {}
static struct list list = {1, {f}};
int main(void) {
  for (int i = 0; i < list.count; i++) list.calls[i]();
  return 0;
}
