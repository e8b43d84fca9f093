// A local array of function pointers, filled by assignments.
// expect-edge: main -> f
// expect-edge: main -> g
static void f(void) {}
static void g(void) {}
int main(int argc, char **argv) {
  void (*table[2])(void);
  table[0] = f;
  table[1] = g;
  table[argc & 1]();
  return 0;
}
