// An old-style definition is called through a type with promoted parameters.
// expect-edge: main -> f
static int f(c, d)
char c;
float d;
{
  return c + (int)d;
}
static int (*p)(int, double) = f;
int main(void) { return p('a', 1.0); }
