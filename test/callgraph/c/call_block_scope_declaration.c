// A function declared inside another function is the one at file scope.
// expect-edge: main -> f
int main(void) {
  void f(void);
  f();
  return 0;
}
void f(void) {}
