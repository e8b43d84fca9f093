// A signature with a struct that only a typedef names.
// expect-edge: main -> f
// expect-no-edge: main -> g
typedef struct {
  int x;
} point;
typedef struct {
  int x;
} size;
static int f(point *p) { return p->x; }
static int g(size *s) { return s->x; }
static int (*keep)(size *) = g;
static int run(void) {
  size s = {1};
  return keep(&s);
}
static void set(int (**where)(point *)) { *where = f; }
int main(void) {
  int (*call)(point *);
  point p = {1};
  set(&call);
  return call(&p) + run();
}
