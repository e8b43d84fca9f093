// C99 inline with its external definition in the same unit.
// expect-edge: main -> f
// expect-reachable: leaf
static void leaf_of(void) {}
void leaf(void) { leaf_of(); }
inline void f(void) { leaf(); }
extern inline void f(void);
int main(void) {
  f();
  return 0;
}
