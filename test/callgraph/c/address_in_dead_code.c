// An address taken in a function that nobody calls makes no candidate.
// expect-edge: main -> f
// expect-no-edge: main -> g
// expect-unreachable: g
static void f(void) {}
void g(void) {}
static void (*hook)(void) = f;
void never_called(void) { hook = g; }
int main(void) {
  hook();
  return 0;
}
