// A packed struct's function pointer at an odd offset.
// expect-edge: main -> f
// expect-no-edge: main -> g
struct __attribute__((packed)) record {
  char tag;
  void (*call)(void);
  void (*other)(void);
};
static void f(void) {}
static void g(void) {}
static struct record r = {1, f, g};
int main(void) {
  r.call();
  return 0;
}
