// The __atomic and __sync builtins store a function pointer through an address.
// expect-edge: main -> f
// expect-edge: main -> g
typedef void (*handler)(void);
static void f(void) {}
static void g(void) {}
static handler a, b;
int main(void) {
  handler expected = 0, wanted = f;
  __atomic_compare_exchange(&a, &expected, &wanted, 0, 5, 5);
  a();
  __sync_bool_compare_and_swap(&b, (handler)0, g);
  b();
  return 0;
}
