// A gnu_inline copy may be inlined, or the call goes to the other unit's body.
// expect-reachable: in_inline
// expect-reachable: in_library
// unit: main.c
void in_inline(void) {}
extern inline __attribute__((gnu_inline)) void f(void) { in_inline(); }
int main(void) {
  f();
  return 0;
}
// unit: library.c
void in_library(void) {}
void f(void) { in_library(); }
