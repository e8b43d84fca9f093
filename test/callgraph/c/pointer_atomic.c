// Atomic and volatile function pointers are loaded and stored all the same.
// expect-edge: main -> f
// expect-edge: main -> g
typedef void (*handler)(void);
static void f(void) {}
static void g(void) {}
static _Atomic(handler) a;
static void (*volatile v)(void) = g;
int main(void) {
  __c11_atomic_store(&a, f, __ATOMIC_SEQ_CST);
  __c11_atomic_load(&a, __ATOMIC_SEQ_CST)();
  v();
  return 0;
}
