// Casting a pointer to a function pointer converts what it points to.
// expect-edge: main -> f
static int f(int n) { return n; }
static int (*slot)(int);
static void set(void **where, void *what) { *where = what; }
int main(void) {
  set((void **)&slot, (void *)f);
  return slot(1);
}
