// A parameter of function type is a pointer to it; typedefs and typeof too.
// expect-edge: run -> f
// expect-edge: run_typeof -> g
// expect-no-edge: run -> g
typedef int callback(int);
static int f(int n) { return n; }
static int g(int n) { return n; }
static int run(callback c, int n) { return c(n); }
static int run_typeof(__typeof__(f) c) { return c(2); }
int main(void) { return run(f, 1) + run_typeof(g); }
