// Nor does it enter the pool of its type.
// expect-edge: main -> f
// expect-no-edge: main -> g
// expect-unreachable: g
static void f(void) {}
void g(void) {}
static void set(void (**where)(void)) { *where = f; }
void never_called(void (**where)(void)) { *where = g; }
int main(void) {
  void (*p)(void) = 0;
  set(&p);
  p();
  return 0;
}
