// Casts compose: from one type to a second and from there to a third.
// expect-edge: main -> f
typedef void (*a)(char);
typedef void (*b)(long);
typedef int (*c)(void *, int);
static void f(char x) {}
static b second(a p) { return (b)p; }
static c third(b p) { return (c)p; }
int main(void) { return third(second(f))(0, 1); }
