// Operands of sizeof, typeof and _Alignof are not evaluated.
// expect-unreachable: f
// expect-no-edge: main -> f
int f(void) { return 1; }
int main(void) {
  __typeof__(f()) n = sizeof(f());
  return n + _Alignof(__typeof__(f()));
}
