// The same by way of void*, as object systems written in C do.
// expect-edge: dispatch -> circle_area
struct shape {
  int (*area)(void *);
};
struct circle {
  int (*area)(struct circle *);
  int radius;
};
static int circle_area(struct circle *c) { return c->radius; }
static int dispatch(void *object) {
  struct shape *s = object;
  return s->area(object);
}
int main(void) {
  struct circle c = {circle_area, 2};
  return dispatch(&c);
}
