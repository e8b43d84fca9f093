// The pool of an unprototyped type has all functions of that arity.
// expect-edge: main -> one
// expect-no-edge: main -> three
static int one(int a) { return a; }
static int three(int a, int b, int c) { return a + b + c; }
static int (*keep)(int, int, int) = three;
static int run(void) { return keep(1, 2, 3); }
static void set(int (**where)()) { *where = one; }
int main(void) {
  int (*p)();
  set(&p);
  return p(4) + run();
}
