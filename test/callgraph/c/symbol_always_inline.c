// An inlined function is still a node, and its calls still count.
// expect-edge: main -> wrapper
// expect-edge: wrapper -> leaf
// expect-unreachable: unused
static void leaf(void) {}
static inline __attribute__((always_inline)) void wrapper(void) { leaf(); }
inline __attribute__((gnu_inline)) extern void unused(void) { leaf(); }
int main(void) {
  wrapper();
  return 0;
}
