// A static initialiser that casts a function to the field's type.
// expect-edge: main -> f
struct ops {
  void (*call)(void *);
};
static void f(int *n) { *n = 1; }
static const struct ops ops = {(void (*)(void *))f};
int main(void) {
  int n;
  ops.call(&n);
  return 0;
}
