// && and || evaluate calls through pointers.
// expect-edge: main -> f
// expect-edge: main -> g
static int f(void) { return 1; }
static int g(void) { return 0; }
static int (*p)(void) = f;
static int (*q)(void) = g;
int main(void) { return (p && p()) || q(); }
