// Structs passed and returned by value carry their function pointers.
// expect-edge: run -> f
// expect-no-edge: run -> g
struct pair {
  void (*first)(void);
  void (*second)(void);
};
static void f(void) {}
static void g(void) {}
static struct pair make(void) {
  struct pair p = {f, g};
  return p;
}
static void run(struct pair p) { p.first(); }
int main(void) {
  run(make());
  return 0;
}
