// After an `extern inline` gnu_inline body the ordinary definition counts too.
// expect-reachable: outer
void outer(void) {}
extern inline __attribute__((gnu_inline)) void f(void) {}
void f(void) { outer(); }
int main(void) {
  f();
  return 0;
}
