// A struct that begins like another is used as that other.
// expect-edge: dispatch -> circle_area
// expect-no-edge: dispatch -> decoy
struct shape {
  int (*area)(int);
};
struct circle {
  int (*area)(int);
  int radius;
};
static int circle_area(int n) { return n; }
static int decoy(int n) { return -n; }
static int (*other)(int) = decoy;
static int dispatch(struct shape *s) { return s->area(1); }
int main(void) {
  struct circle c = {circle_area, 2};
  return dispatch((struct shape *)&c) + other(1);
}
