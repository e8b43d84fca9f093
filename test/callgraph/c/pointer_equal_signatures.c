// Qualifiers, typedefs, array and function parameters spell one signature.
// expect-edge: main -> f
typedef unsigned long size;
typedef int (*wanted)(const char *restrict, int[4], int(int), size);
static int f(const char *const a, int *b, int (*c)(int), unsigned long d) {
  return *a;
}
static void set(wanted *where) { *where = f; }
int main(void) {
  wanted p;
  set(&p);
  return p("a", 0, 0, 1);
}
