// A function that nobody calls is unreachable, and so is what it calls.
// expect-reachable: f
// expect-unreachable: g
// expect-unreachable: leaf
// expect-complete
void leaf(void) {}
void g(void) { leaf(); }
void f(void) {}
int main(void) {
  f();
  return 0;
}
