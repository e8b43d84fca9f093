// Calls and addresses inside the arguments of another call.
// expect-edge: main -> outer
// expect-edge: main -> inner
// expect-edge: outer -> f
static int f(void) { return 1; }
static int inner(int n) { return n; }
static int outer(int n, int (*p)(void)) { return n + p(); }
int main(void) { return outer(inner(1), f); }
