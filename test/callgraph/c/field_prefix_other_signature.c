// The struct used as another has the function by a more special type.
// expect-edge: dispatch -> circle_area
struct shape {
  int (*area)(void *);
};
struct circle {
  int (*area)(struct circle *);
  int radius;
};
static int circle_area(struct circle *c) { return c->radius; }
static int dispatch(struct shape *s) { return s->area(s); }
int main(void) {
  struct circle c = {circle_area, 2};
  return dispatch((struct shape *)&c);
}
